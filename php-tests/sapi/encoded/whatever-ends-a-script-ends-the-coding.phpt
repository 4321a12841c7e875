--TEST--
However a script ends, what it has sent can be decoded, and the coding has its last bytes
--FILE--
<?php
require __DIR__ . '/../../support/coding.inc';

foreach ([
    'its end' => '',
    'a stream without an event' => '',
    'an exit' => 'exit;',
    'an exception' => 'throw new Exception("x");',
    'a fatal error' => 'nowhere();',
    'too much memory' => 'ini_set("memory_limit", "8M"); str_repeat("x", 1 << 24);',
    'a time limit' => 'set_time_limit(1); while (true);',
    'close()' => '$sse->close("bye"); echo "nothing"; flush();',
    'close(), then an error' => '$sse->close(); nowhere();',
    'a comment' => '$sse->comment("c");',
    'half a line' => 'echo "data: half";',
    'a buffer of its own' => 'ob_start(); echo "data: buffered\n\n";',
    'an exit in a callback' => '$sse->onClose(function () { exit; }); $sse->close();',
    'an output callback that throws' => 'ob_start(function () { throw new Exception("x"); }); echo "data: y\n\n";',
    'an event in a shutdown function' => 'register_shutdown_function(fn () => $sse->send("late"));',
    'a large event' => '$sse->send(str_repeat("x", 300000)); $sse->send("y");',
] as $what => $rest) {
    echo "$what: ";
    $send = $what === 'a stream without an event' ? '' : '$sse->send("x"); ';
    ob_start();
    coded('<?php $sse = Sse::start(compress: true); ' . $send . $rest, 'gzip', [], ['error_log' => '/dev/null']);
    echo str_replace(str_repeat('x', 300000), '(300,000 bytes)', ob_get_clean());
}
?>
--EXPECT--
its end: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\n"
a stream without an event: Vary: Accept-Encoding | Content-Encoding: gzip, ":\nevent\n"
an exit: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\n"
an exception: exit status: 255
Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\n"
a fatal error: exit status: 255
Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\n"
too much memory: exit status: 255
Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\n"
a time limit: exit status: 255
Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\n"
close(): Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\ndata: bye\n\n"
close(), then an error: exit status: 255
Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\n"
a comment: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\n: c\nevent\n"
half a line: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\ndata: half"
a buffer of its own: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\ndata: buffered\n\n"
an exit in a callback: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\n"
an output callback that throws: exit status: 255
Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\n"
an event in a shutdown function: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\ndata: late\n\n"
a large event: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\ndata: (300,000 bytes)\n\ndata: y\n\n"
