--TEST--
The loops of the documentation are complete and correct
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request(<<<'PHP'
    <?php
    $sse = Sse::start(maxLifetime: 0.05);
    while ($sse->wait(0.02)) {
        $sse->send('prices');
    }
    PHP)->showHeaders('Content-Type');
$relayed = request(<<<'PHP'
    <?php
    $upstream = fopen('data:text/plain,' . rawurlencode("event: token\ndata: a\n\ndata: b\ndata: c\n\n"), 'r');
    $sse = Sse::start();
    $parser = new SseParser();
    while (($chunk = fread($upstream, 7)) !== '') {
        foreach ($parser->feed($chunk) as $event) {
            $sse->send($event);
        }
    }
    PHP);
show($relayed->body);
show(request('<?php Sse::stream(function () { yield 1; yield 2; });')->body);
?>
--EXPECT--
Content-Type: text/event-stream;charset=UTF-8
":\nevent: token\ndata: a\n\ndata: b\ndata: c\n\n"
":\ndata: 1\n\ndata: 2\n\n"
