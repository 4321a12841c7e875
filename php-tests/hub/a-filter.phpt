--TEST--
A filter gets each event and a topic, and decides; what it throws surfaces, and exit() ends
--FILE--
<?php
require __DIR__ . '/../support/hub.inc';

$hub = Hub::started();
$script = <<<'PHP'
    $sse = started(maxLifetime: 0.8);
    $ids = [Sse::publish('a', 'one', 'named'), Sse::publish(['b', 'a'], ['two' => 2]), Sse::publish('a', 'three')];
    ob_start(fn ($written) => preg_replace('/id: \d+-\d+/', 'id: BEGAN', strtr($written, array_combine($ids, ['ID1', 'ID2', 'ID3']))));
    $sse->onClose(function ($why) { echo "closed: $why->name, "; });
    observe(fn () => $sse->subscribe('a', function (SseEvent $event, string $topic) use ($ids, $sse) {
        fwrite(STDERR, "$topic " . in_words([array_search($event->id, $ids), $event->event, $event->data]) . ' ');
        %s
    }));
    PHP;
foreach ([
    'return $event->event !== "named";',
    'return [];',
    'throw new LogicException("no");',
    '$sse->close(); return true;',
    '$sse->send("of the filter"); return false;',
    'exit("bye");',
    'undefined();',
] as $filter) {
    $hub->command(sprintf($script, $filter));
}
$hub->command('$sse = started(); observe(fn () => $sse->subscribe("a", "nobody")); Sse::publish("a", "x"); observe(fn () => $sse->subscribe("a", "strlen"));');
?>
--EXPECTF--
"wrote \"id: BEGAN\\nevent: sse:position\\ndata: {}\\n\\nid: ID2\\ndata: {\\\"two\\\":2}\\n\\nid: ID3\\ndata: three\\n\\nclosed: MaxLifetime, \", returned false\n"
standard error: "a [0,\"named\",\"one\"] a [1,null,\"{\\\"two\\\":2}\"] a [2,null,\"three\"] "
"wrote \"id: BEGAN\\nevent: sse:position\\ndata: {}\\n\\nclosed: MaxLifetime, \", returned false\n\nid: %d-%d\nevent: sse:position\ndata: {}\n\n"
standard error: "a [0,\"named\",\"one\"] a [1,null,\"{\\\"two\\\":2}\"] a [2,null,\"three\"] "
"wrote \"id: BEGAN\\nevent: sse:position\\ndata: {}\\n\\n\", threw LogicException: no\nclosed: Closed, "
standard error: "a [0,\"named\",\"one\"] "
"wrote \"id: BEGAN\\nevent: sse:position\\ndata: {}\\n\\nclosed: Closed, \", returned false\n"
standard error: "a [0,\"named\",\"one\"] "
"wrote \"id: BEGAN\\nevent: sse:position\\ndata: {}\\n\\ndata: of the filter\\n\\ndata: of the filter\\n\\ndata: of the filter\\n\\nclosed: MaxLifetime, \", returned false\n\nid: %d-%d\nevent: sse:position\ndata: {}\n\n"
standard error: "a [0,\"named\",\"one\"] a [1,null,\"{\\\"two\\\":2}\"] a [2,null,\"three\"] "
"id: BEGAN\nevent: sse:position\ndata: {}\n\nbyeclosed: Closed, "
standard error: "a [0,\"named\",\"one\"] "
"wrote \"id: BEGAN\\nevent: sse:position\\ndata: {}\\n\\n\", threw Error: Call to undefined function undefined()\nclosed: Closed, "
standard error: "a [0,\"named\",\"one\"] "
"threw TypeError: Sse::subscribe(): Argument #2 ($filter) must be a valid callback or null, function \"nobody\" not found or invalid function name\nwrote \"id: %d-%d\\nevent: sse:position\\ndata: {}\\n\\n\", threw ArgumentCountError: strlen() expects exactly 1 argument, 2 given\n"
