--TEST--
No stream ends with a comment: the reconnection time in force follows it, or a line that says nothing
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

foreach ([
    'Sse::start();',
    'Sse::start(retry: 700);',
    'Sse::start()->comment("c");',
    '$sse = Sse::start(retry: 700); $sse->retry(800); $sse->comment("c");',
    '$sse = Sse::start(); $sse->send("x", retry: 900); $sse->comment("c");',
    '$sse = Sse::start(); $sse->sendMany([new SseEvent("x", retry: 1), new SseEvent("y", retry: 2), "z"]); $sse->comment("c");',
    '$sse = Sse::start(); $sse->comment("c"); $sse->close("bye");',
    '$sse = Sse::start(); $sse->comment("c"); exit;',
    '$sse = Sse::start(); $sse->comment("c"); throw new Exception("x");',
    '$sse = Sse::start(maxLifetime: 0.05); $sse->send("x", retry: 5); $sse->comment("c"); while ($sse->wait(1)); $sse->send("y", retry: 6);',
    '$sse = Sse::start(); echo ": half a comment";',
    '$sse = Sse::start(); echo ": c\r";',
    '$sse = Sse::start(); echo "data: x\n"; $sse->comment("c");',
    '$sse = Sse::start(); echo "data: half a line";',
    '$sse = Sse::start(); echo ":\n\n";',
    'Sse::stream([null]);',
    'Sse::stream(function (Sse $sse) { $sse->comment("c"); $sse->close(); }, retry: 3);',
    'Sse::stream([new SseEvent(comment: "c")]);',
    '$sse = Sse::start(); $sse->onClose(function () { echo ": on close\n"; }); $sse->close();',
    '$sse = Sse::start(retry: 3); echo "retry: 60000\n"; $sse->comment("c");',
    '$sse = Sse::start(retry: 3); echo new SseEvent("x", retry: 8); $sse->comment("c"); $sse->close();',
    'Sse::stream((function () { yield "x"; echo "re", "try: 8\n\n"; Sse::current()->comment("c"); })(), retry: 3);',
] as $script) {
    show(request("<?php $script", [], ['sse.heartbeat' => '0', 'display_errors' => '0', 'log_errors' => '0'])->body);
}
?>
--EXPECT--
":\nevent\n"
":\nretry: 700\n"
":\n: c\nevent\n"
":\nretry: 700\nretry: 800\n: c\nretry: 800\n"
":\nretry: 900\ndata: x\n\n: c\nretry: 900\n"
":\nretry: 1\ndata: x\n\nretry: 2\ndata: y\n\ndata: z\n\n: c\nretry: 2\n"
":\n: c\ndata: bye\n\n"
":\n: c\nevent\n"
exit status: 255
":\n: c\nevent\n"
":\nretry: 5\ndata: x\n\n: c\nretry: 5\n"
":\n: half a comment\nevent\n"
":\n: c\revent\n"
":\ndata: x\n: c\nevent\n"
":\ndata: half a line"
":\n:\n\n"
":\nevent\n"
":\nretry: 3\n: c\nretry: 3\n"
":\n: c\n\n"
":\n: on close\nevent\n"
":\nretry: 3\nretry: 60000\n: c\nevent\n"
":\nretry: 3\nretry: 8\ndata: x\n\n: c\nevent\n"
":\nretry: 3\ndata: x\n\nretry: 8\n\n: c\nevent\n"
