--TEST--
A string is data as it is
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
foreach (['x', '', '0', ' x', "\tx", 'data: x', ':', 'null', '"x"', '{"a":1}', "\0", "\u{FEFF}x", "\u{2028}\u{85}", '€ 日本語 🎉'] as $string) {
    observe(fn () => $sse->send($string));
}
?>
--EXPECT--
wrote "data: x\n\n", returned true
wrote "data: \n\n", returned true
wrote "data: 0\n\n", returned true
wrote "data:  x\n\n", returned true
wrote "data: \tx\n\n", returned true
wrote "data: data: x\n\n", returned true
wrote "data: :\n\n", returned true
wrote "data: null\n\n", returned true
wrote "data: \"x\"\n\n", returned true
wrote "data: {\"a\":1}\n\n", returned true
wrote "data: \000\n\n", returned true
wrote "data: ﻿x\n\n", returned true
wrote "data:  \n\n", returned true
wrote "data: € 日本語 🎉\n\n", returned true
