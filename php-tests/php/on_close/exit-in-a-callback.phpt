--TEST--
exit() in a callback ends the script; the callbacks that are left run after it
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

command('<?php $sse = Sse::start(); $sse->onClose(function () { echo "[1]"; exit(3); })->onClose(fn () => print("[2]")); try { $sse->close(); } finally { echo "never"; }');
command('<?php Sse::start()->onClose(function () { echo "[1]"; exit(3); })->onClose(fn () => print("[2]"));');
command('<?php Sse::start()->onClose(fn () => exit(3))->onClose(fn () => exit(4))->onClose(fn () => print("[3]")); Sse::current()->close();');
?>
--EXPECT--
":\n[1][2]"
exit status: 3
":\n[1][2]"
exit status: 3
":\nevent\n[3]"
exit status: 4
