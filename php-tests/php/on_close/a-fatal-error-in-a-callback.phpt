--TEST--
A fatal error in a callback ends the script; the callbacks that are left run after it
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$quietly = ['display_errors' => '0'];
foreach (['no_such_function();', 'trigger_error("x", E_USER_ERROR);', 'ini_set("memory_limit", "8M"); str_repeat("x", 100_000_000);', 'set_time_limit(1); while (true);', 'eval("class X implements Traversable {}");'] as $fatal) {
    command("<?php \$sse = Sse::start(); \$sse->onClose(function () { echo '[1]'; $fatal })->onClose(fn () => print('[2]')); \$sse->close(); echo 'never';", $quietly);
    // Once the request is ending, PHP 8.2 answers every call after an out-of-memory error with a
    // failure: what is left cannot run then.
    command("<?php Sse::start()->onClose(function () { echo '[1]'; $fatal })->onClose(fn () => print('[2]'));", $quietly);
}
?>
--EXPECTF--
":\n[1][2]"
exit status: 255
":\n[1][2]"
exit status: 255
":\n[1][2]"
exit status: 255
":\n[1][2]"
exit status: 255
":\n[1][2]"
exit status: 255
":\n[1]%r(\[2\])?%r"
exit status: 255
":\n[1][2]"
exit status: 255
":\n[1][2]"
exit status: 255
":\n[1][2]"
exit status: 255
":\n[1][2]"
exit status: 255
