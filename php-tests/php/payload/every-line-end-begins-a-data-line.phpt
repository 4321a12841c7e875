--TEST--
CRLF, LF and CR in data are each one line end
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
foreach (["a\nb", "a\rb", "a\r\nb", "a\n\rb", "a\n", "a\r", "a\r\n", "\n", "\r\n", "\n\n", "\r\r", "\r\n\r\n", "\n\r\n\r", "a\n\nb", "a\n\nevent: injected\ndata: x\n\n"] as $string) {
    observe(fn () => $sse->send($string));
}
?>
--EXPECT--
wrote "data: a\ndata: b\n\n", returned true
wrote "data: a\ndata: b\n\n", returned true
wrote "data: a\ndata: b\n\n", returned true
wrote "data: a\ndata: \ndata: b\n\n", returned true
wrote "data: a\ndata: \n\n", returned true
wrote "data: a\ndata: \n\n", returned true
wrote "data: a\ndata: \n\n", returned true
wrote "data: \ndata: \n\n", returned true
wrote "data: \ndata: \n\n", returned true
wrote "data: \ndata: \ndata: \n\n", returned true
wrote "data: \ndata: \ndata: \n\n", returned true
wrote "data: \ndata: \ndata: \n\n", returned true
wrote "data: \ndata: \ndata: \ndata: \n\n", returned true
wrote "data: a\ndata: \ndata: b\n\n", returned true
wrote "data: a\ndata: \ndata: event: injected\ndata: data: x\ndata: \ndata: \n\n", returned true
