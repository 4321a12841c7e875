--TEST--
A fatal error in a source ends the script; shutdown functions and callbacks run
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$settings = ['display_errors' => '0'];
$prelude = '<?php register_shutdown_function(fn () => print("[shutdown " . json_encode(Sse::current()->isOpen()) . "]")); function closed($reason) { echo "[$reason->name]"; } ';
// Out of memory, a PHP may not call the script any more: then the stream is closed before its functions run.
foreach (['str_repeat("x", 100_000_000);', 'while (true);', 'trigger_error("x", E_USER_ERROR);', 'eval("class X implements Traversable {}");', 'no_such_function();'] as $fatal) {
    command($prelude . 'ini_set("memory_limit", "8M"); Sse::stream(function (Sse $sse) { set_time_limit(1); $sse->onClose("closed"); ' . $fatal . ' });', $settings);
    command($prelude . 'ini_set("memory_limit", "8M"); Sse::stream((function () { try { set_time_limit(1); Sse::current()->onClose("closed"); yield "a"; ' . $fatal . ' } finally {} })());', $settings);
}
?>
--EXPECTF--
":\n%r(event\\n\[Closed\]\[shutdown false\]|\[shutdown true\]\[Closed\])%r"
exit status: 255
":\ndata: a\n\n%r(\[Closed\]\[shutdown false\]|\[shutdown true\]\[Closed\])%r"
exit status: 255
":\n[shutdown true][Closed]"
exit status: 255
":\ndata: a\n\n[shutdown true][Closed]"
exit status: 255
":\n[shutdown true][Closed]"
exit status: 255
":\ndata: a\n\n[shutdown true][Closed]"
exit status: 255
":\n[shutdown true][Closed]"
exit status: 255
":\ndata: a\n\n[shutdown true][Closed]"
exit status: 255
":\n[Closed][shutdown false]"
exit status: 255
":\ndata: a\n\n[Closed][shutdown false]"
exit status: 255
