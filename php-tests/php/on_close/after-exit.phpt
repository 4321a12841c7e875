--TEST--
Callbacks run after exit()
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

command('<?php Sse::start()->onClose(fn ($reason) => print("[$reason->name]")); exit("bye");');
command('<?php Sse::start()->onClose(fn ($reason) => print("[$reason->name]")); exit(3);');
command('<?php Sse::start()->onClose(fn ($reason) => print("[$reason->name]")); (function () { try { exit(); } finally { echo "[finally]"; } })();');
command('<?php Sse::start()->onClose(fn ($reason) => print("[$reason->name]")); register_shutdown_function(fn () => exit(4));');
command('<?php Sse::start()->onClose(fn ($reason) => print("[$reason->name]")); class D { function __destruct() { exit(5); } } $d = new D();');
?>
--EXPECT--
":\nbye[Closed]"
":\n[Closed]"
exit status: 3
":\n[Closed]"
":\n[Closed]"
exit status: 4
":\n[Closed]"
exit status: 5
