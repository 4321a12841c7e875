--TEST--
With sse.interrupt an exception leads out of a busy loop when the client leaves
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

echo command_with_leaving_reader(<<<'PHP'
    <?php
    ini_set('sse.interrupt', '1');
    try {
        $sse = Sse::start(heartbeat: 0.2);
        $sse->onClose(fn ($reason) => note("closed: $reason->name"));
        for ($start = hrtime(true); hrtime(true) - $start < 20e9;);
        note('never interrupted');
    } catch (SseException $exception) {
        note(get_class($exception) . ': ' . $exception->getMessage());
    } finally {
        note('finally');
    }
    note(json_encode(Sse::current()->send('x')));
    PHP, leavesAfter: ":\n:\n"); // a heartbeat: the script is in its loop
echo command_with_leaving_reader(<<<'PHP'
    <?php
    $sse = Sse::start(heartbeat: 0.05);
    client_has_left();
    for ($start = hrtime(true); hrtime(true) - $start < 0.3e9;);
    note('not interrupted unless asked for');
    PHP);
?>
--EXPECT--
SseClientGone: The client has left
finally
closed: ClientGone
false
not interrupted unless asked for
