--TEST--
An exception in a callback at the end of the script is reported as an uncaught one, and the others run
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

command('<?php Sse::start()->onClose(fn () => throw new LogicException("first"))->onClose(fn () => print("[2]"))->onClose(fn () => throw new RuntimeException("third"))->onClose(fn () => print("[4]"));', ['display_errors' => '0', 'log_errors' => '0']);
?>
--EXPECT--
":\nevent\n[2][4]"
exit status: 255
