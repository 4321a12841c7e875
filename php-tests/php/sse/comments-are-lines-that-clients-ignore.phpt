--TEST--
comment() sends every line as a comment line
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
foreach (['', 'x', ' x', ':x', "a\nb", "a\r\nb\rc", "a\n", "\n", "data: x\n\n", "\0", 'é'] as $text) {
    observe(fn () => $sse->comment($text));
}
observe(fn () => $sse->comment());
$sse->close();
observe(fn () => $sse->comment('x'));
?>
--EXPECT--
wrote ":\n", returned true
wrote ": x\n", returned true
wrote ":  x\n", returned true
wrote ": :x\n", returned true
wrote ": a\n: b\n", returned true
wrote ": a\n: b\n: c\n", returned true
wrote ": a\n:\n", returned true
wrote ":\n:\n", returned true
wrote ": data: x\n:\n:\n", returned true
wrote ": \000\n", returned true
wrote ": é\n", returned true
wrote ":\n", returned true
returned false
