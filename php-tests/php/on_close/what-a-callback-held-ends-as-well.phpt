--TEST--
What a callback held may end in any way: the other callbacks run, and the script ends as it should
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$ends = ['throw new LogicException("thrown");', 'exit(3);', 'no_such_function();', 'trigger_error("x", E_USER_ERROR);', 'set_time_limit(1); while (true);', 'ini_set("memory_limit", "8M"); str_repeat("x", 100_000_000);'];
$made = ['new Dies()', 'generator()', 'fiber()'];
$classes = <<<'PHP'
    <?php
    final class Dies { function __destruct() { echo '[dies]'; dies(); } }
    function finally_dies() { try { yield; } finally { echo '[dies]'; dies(); } }
    function generator() { $made = finally_dies(); $made->current(); return $made; }
    function fiber() { $made = new Fiber(function () { try { Fiber::suspend(); } finally { echo '[dies]'; dies(); } }); $made->start(); return $made; }
    function after($reason) { echo "[$reason->name]"; }
    PHP;
// Once the request is ending, PHP 8.2 answers every call after an out-of-memory error with a failure. And of
// what ends a fiber that is let go of, PHP swallows an exit.
foreach ($ends as $end) {
    echo "$end\n";
    foreach ($made as $thing) {
        $script = "$classes function dies() { $end } Sse::start()->onClose(function () { static \$held; \$held = $thing; })->onClose('after');";
        foreach ([' Sse::current()->close(); echo "went on";', ''] as $closed) {
            command($script . $closed, ['display_errors' => '0']);
        }
    }
}
?>
--EXPECTF--
throw new LogicException("thrown");
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
exit(3);
":\n[dies][Closed]"
exit status: 3
":\n[dies][Closed]"
exit status: 3
":\n[dies][Closed]"
exit status: 3
":\n[dies][Closed]"
exit status: 3
":\n[dies][Closed]went on"
exit status: 3
":\n[dies][Closed]"
exit status: 3
no_such_function();
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
trigger_error("x", E_USER_ERROR);
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
set_time_limit(1); while (true);
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
":\n[dies][Closed]"
exit status: 255
ini_set("memory_limit", "8M"); str_repeat("x", 100_000_000);
":%S[dies]%S"
exit status: 255
":%S[dies]%S"
exit status: 255
":%S[dies]%S"
exit status: 255
":%S[dies]%S"
exit status: 255
":%S[dies]%S"
exit status: 255
":%S[dies]%S"
exit status: 255
