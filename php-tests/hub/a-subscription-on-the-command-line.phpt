--TEST--
On the command line subscribe() sends what was missed and what comes, and says why it ended
--FILE--
<?php
require __DIR__ . '/../support/hub.inc';

$hub = Hub::started();
$hub->command(<<<'PHP'
    $ids = array_map(fn ($data) => Sse::publish(['a', 'b'], $data), ['zero', 'one', "two\nlines"]);
    Sse::publish('c', 'of another topic');
    $_SERVER['HTTP_LAST_EVENT_ID'] = $ids[0];
    ob_start();
    $sse = Sse::start(maxLifetime: 1);
    $sse->onClose(fn ($why) => fwrite(STDERR, "closed: $why->name"));
    $moved = $sse->subscribe(['b', 'a']);
    echo strtr(ob_get_clean(), array_combine($ids, ['ID0', 'ID1', 'ID2'])), in_words([$moved, $sse->stopReason()->name, $sse->isOpen()]);
    PHP);
// An id that nobody has given, and one that is none: the page is told to begin anew.
foreach (['1-1', 'x'] as $id) {
    $hub->command(<<<PHP
        \$_SERVER['HTTP_LAST_EVENT_ID'] = '$id';
        ob_start();
        Sse::start(maxLifetime: 1)->subscribe('a');
        echo str_replace(Sse::status()['lastEventId'], 'NOW', ob_get_clean());
        PHP);
}
?>
--EXPECT--
":\nevent: sse:position\nid: ID0\ndata: {}\n\nid: ID1\ndata: one\n\nid: ID2\ndata: two\ndata: lines\n\n[false,\"MaxLifetime\",false]"
standard error: "closed: MaxLifetime"
":\nevent: sse:position\nid: 1-1\ndata: {}\n\nid: NOW\nevent: reset\ndata: {\"lastEventId\":\"1-1\"}\n\n"
":\nevent: sse:position\nid: x\ndata: {}\n\nid: NOW\nevent: reset\ndata: {\"lastEventId\":\"x\"}\n\n"
