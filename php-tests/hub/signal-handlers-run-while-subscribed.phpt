--TEST--
Signal handlers run while subscribe() serves the stream; they may throw, exit, or close it
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
require __DIR__ . '/../support/hub.inc';

$hub = Hub::started();
$handlers = [
    // A consumer that is told to end, as systemd or a container tells it.
    'pcntl_signal(SIGTERM, function () { echo "[ends]"; exit(7); }); $signal = SIGTERM;',
    'pcntl_signal(SIGALRM, function () { echo "[throws]"; throw new LogicException("thrown in the handler"); }); $signal = SIGALRM;',
    'pcntl_signal(SIGALRM, function () use (&$sse) { echo "[closes]"; $sse->close("bye"); }); $signal = SIGALRM;',
    // One that goes on: what is published meanwhile comes after it.
    'pcntl_signal(SIGALRM, function () use (&$sse) { echo "[goes on]"; Sse::publish("news", "later"); pcntl_signal(SIGALRM, fn () => $sse->close()); pcntl_alarm(1); }); $signal = SIGALRM;',
    // One that waits itself, is called within, and sends.
    'pcntl_signal(SIGALRM, function () use (&$sse) { $sse->wait(0.01); $sse->send("sent in the handler"); $sse->close(); }); $signal = SIGALRM;',
];
foreach ($handlers as $handler) {
    $hub->command(<<<PHP
        pcntl_async_signals(true);
        $handler
        register_shutdown_function(fn () => print('[shutdown]'));
        ob_start(fn (\$out) => preg_replace('/\d+-\d+/', 'ID', \$out));
        \$sse = Sse::start(maxLifetime: 30);
        \$sse->onClose(fn (\$why) => print("[\$why->name]"));
        if (\$signal === SIGALRM) { pcntl_alarm(1); } else { exec('(sleep 1; kill -TERM ' . posix_getpid() . ') > /dev/null 2>&1 &'); }
        \$start = hrtime(true);
        try {
            \$sse->subscribe('news');
            echo '[came back]';
        } catch (LogicException \$thrown) {
            echo '[caught: ' . \$thrown->getMessage() . ']';
        } finally {
            echo hrtime(true) - \$start < 20e9 ? '' : '[late]';
        }
        PHP);
}
?>
--EXPECT--
":\nid: ID\nevent: sse:position\ndata: {}\n\n[ends][shutdown][Closed]"
exit status: 7
":\nid: ID\nevent: sse:position\ndata: {}\n\n[throws][caught: thrown in the handler][shutdown][Closed]"
":\nid: ID\nevent: sse:position\ndata: {}\n\n[closes]\n\ndata: bye\n\n[Closed][came back][shutdown]"
":\nid: ID\nevent: sse:position\ndata: {}\n\n[goes on]\n\nid: ID\ndata: later\n\n[Closed][came back][shutdown]"
":\nid: ID\nevent: sse:position\ndata: {}\n\ndata: sent in the handler\n\n[Closed][came back][shutdown]"
