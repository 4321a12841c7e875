--TEST--
Callbacks run after a fatal error
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$quietly = ['display_errors' => '0'];
$start = '<?php Sse::start()->onClose(fn ($reason) => print("[$reason->name]")); ';
command("$start no_such_function();", $quietly);
command("$start throw new LogicException();", $quietly);
command("$start trigger_error('x', E_USER_ERROR);", $quietly);
command("$start ini_set('memory_limit', '8M'); str_repeat('x', 100_000_000);", $quietly);
command("$start ini_set('memory_limit', '8M'); for (\$x = [];;) \$x[] = str_repeat('x', 100_000);", $quietly);
command("$start set_time_limit(1); while (true);", $quietly);
command("$start class X implements NoSuchInterface {}", $quietly);
command("$start eval('function f() {} function f() {}');", $quietly);
command("$start class Y implements Traversable {}", $quietly);
?>
--EXPECT--
":\n[Closed]"
exit status: 255
":\n[Closed]"
exit status: 255
":\n[Closed]"
exit status: 255
":\n[Closed]"
exit status: 255
":\n[Closed]"
exit status: 255
":\n[Closed]"
exit status: 255
":\n[Closed]"
exit status: 255
":\n[Closed]"
exit status: 255
":\n[Closed]"
exit status: 255
