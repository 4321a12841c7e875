--TEST--
Shutdown functions and destructors may still send
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request(<<<'PHP'
    <?php
    class Last { function __destruct() { Sse::current()->send('from a destructor'); } }
    $last = new Last();
    $sse = Sse::start();
    register_shutdown_function(fn () => $sse->send('from a shutdown function'));
    $sse->onClose(fn () => print("data: [closed]\n\n"));
    $sse->send('x');
    PHP)->show();
command('<?php class Last { function __destruct() { Sse::current()->send("from a destructor"); } } $last = new Last(); Sse::start()->send("x"); exit();');
command('<?php register_shutdown_function(function () { Sse::current()->send("from a shutdown function"); Sse::current()->close(); }); Sse::start(); no_such_function();', ['display_errors' => '0']);
command('<?php register_shutdown_function(fn () => Sse::start()->send("opened in a shutdown function"));');
command('<?php class Last { function __destruct() { Sse::start()->onClose(fn () => print("[closed]"))->send("opened in a destructor"); } } $last = new Last();');
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: x\n\ndata: from a shutdown function\n\ndata: from a destructor\n\ndata: [closed]\n\n"
":\ndata: x\n\ndata: from a destructor\n\n"
":\ndata: from a shutdown function\n\n"
exit status: 255
":\ndata: opened in a shutdown function\n\n"
":\ndata: opened in a destructor\n\n[closed]"
