--TEST--
Ten thousand streams, events and parsers leave no memory behind
--FILE--
<?php
function work(): void
{
    for ($i = 0; $i < 10_000; $i++) {
        ob_start();
        $sse = Sse::start(heartbeat: 1, retry: 5, maxLifetime: 3600);
        $sse->onClose(function () use ($sse) {});
        $sse->send(['i' => $i], 'tick', $i);
        $sse->send(new SseEvent("data $i", 'e', $i, 5, 'c'));
        $sse->sendMany(['a', 'b']);
        $sse->sendChanges(['i' => $i, 'text' => str_repeat('x', 1000)]);
        $sse->sendChanges(['i' => $i + 1, 'text' => str_repeat('x', 1000)]);
        $sse->close();
        ob_end_clean();
        Sse::encode(["data $i"]);
        $parser = new SseParser();
        $parser->feed("id: $i\ndata: x\n\ndata: unfinished");
        ob_start();
        Sse::stream([$i, $i, str_repeat('x', 1000)], changes: true);
        ob_end_clean();
        try {
            $sse->send(INF);
        } catch (JsonException) {
        }
        try {
            new SseEvent('x', "a\nb");
        } catch (ValueError) {
        }
    }
    gc_collect_cycles();
}
function resident(): int
{
    return (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4096;
}
function measure(): array
{
    work();

    return [memory_get_usage(), resident()];
}
measure();
[$memory, $resident] = measure();
[$memoryAfter, $residentAfter] = measure();
var_dump($memoryAfter - $memory, $residentAfter - $resident < 2_000_000);
?>
--EXPECT--
int(0)
bool(true)
