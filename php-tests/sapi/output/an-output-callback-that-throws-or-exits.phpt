--TEST--
An output callback may throw, exit, or die of a fatal error while a frame is sent
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

// Out of memory in a callback, some PHPs send what it was given, and some (all since 8.5) end as ob_start() in one does.
foreach (['throw new LogicException("thrown");', 'exit(3);', 'str_repeat("x", 100_000_000);', 'trigger_error("x", E_USER_ERROR);', 'ob_start();'] as $code) {
    command("<?php ini_set('memory_limit', '8M'); \$sse = Sse::start(); \$sse->onClose(fn () => print('[closed]')); ob_start(function (\$buffer) { $code }, 1);
        try { \$sse->send('x'); echo '[sent]'; } catch (LogicException) { echo '[caught]'; } \$sse->send('y');", ['display_errors' => '0']);
}
?>
--EXPECTF--
":\ndata: x\n\n[caught]data: y\n\n[closed]"
":\ndata: x\n\n[closed]"
exit status: 3
":\n%r(data: x\\n\\n\[closed\]|\[closed\]event\\n)%r"
exit status: 255
":\n[closed]event\n"
exit status: 255
":\n[closed]event\n"
exit status: 255
