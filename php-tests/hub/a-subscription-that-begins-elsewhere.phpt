--TEST--
A subscription begins at the last event ID that start() or subscribe() was told
--FILE--
<?php
require __DIR__ . '/../support/hub.inc';

$hub = Hub::started();
$hub->command(<<<'PHP'
    $ids = array_map(fn ($data) => Sse::publish('a', $data), ['zero', 'one', 'two']);
    Sse::publish('a', 'the end');
    // Who gets all that there is comes to its end; who gets nothing lives out its time.
    $ends = fn (SseEvent $event) => $event->data !== 'the end' || Sse::current()->close();
    $heard = function (?string $start, mixed ...$subscribe) use ($ids, $ends) {
        ob_start();
        $sse = Sse::start(maxLifetime: 2, lastEventId: $start);
        $sse->subscribe('a', $ends, ...$subscribe);
        echo in_words([strtr(ob_get_clean(), array_combine($ids, ['ID0', 'ID1', 'ID2']) + [Sse::status()['lastEventId'] => 'NOW']), array_search($sse->lastEventId, $ids)]), "\n";
    };
    $_SERVER['HTTP_LAST_EVENT_ID'] = $ids[1];
    $heard(null);
    $heard($ids[0]);
    $heard($ids[0], lastEventId: $ids[1]);
    $heard($ids[0], lastEventId: '');
    PHP);
?>
--EXPECT--
"[\":\\nevent: sse:position\\nid: ID1\\ndata: {}\\n\\nid: ID2\\ndata: two\\n\\n\",1]\n[\":\\nevent: sse:position\\nid: ID0\\ndata: {}\\n\\nid: ID0\\nevent: sse:position\\ndata: {}\\n\\nid: ID1\\ndata: one\\n\\nid: ID2\\ndata: two\\n\\n\",0]\n[\":\\nevent: sse:position\\nid: ID0\\ndata: {}\\n\\nid: ID1\\nevent: sse:position\\ndata: {}\\n\\nid: ID2\\ndata: two\\n\\n\",0]\n[\":\\nevent: sse:position\\nid: ID0\\ndata: {}\\n\\nid: NOW\\nevent: sse:position\\ndata: {}\\n\\n\",0]\n"
