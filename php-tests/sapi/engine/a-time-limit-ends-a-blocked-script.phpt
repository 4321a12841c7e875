--TEST--
On the command line a time limit that the script sets is kept
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

command('<?php $sse = Sse::start(); $sse->onClose(fn ($reason) => print("[$reason->name]")); set_time_limit(1); while (true) $sse->isOpen();', ['display_errors' => '0']);
command('<?php $sse = Sse::start(); $sse->onClose(fn ($reason) => print("[$reason->name]")); set_time_limit(1); while ($sse->isOpen()) Sse::encode(str_repeat("x", 1000));', ['display_errors' => '0']);
?>
--EXPECT--
":\n[Closed]"
exit status: 255
":\n[Closed]"
exit status: 255
