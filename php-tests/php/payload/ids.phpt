--TEST--
An id is sent as it is; an empty one resets the client's; zero is one
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
foreach ([1, 0, -1, PHP_INT_MAX, '', '0', 'a', ' a', 'a:b', '1526919030474-55', 'é', null] as $id) {
    observe(fn () => $sse->send('x', id: $id));
}
?>
--EXPECT--
wrote "id: 1\ndata: x\n\n", returned true
wrote "id: 0\ndata: x\n\n", returned true
wrote "id: -1\ndata: x\n\n", returned true
wrote "id: 9223372036854775807\ndata: x\n\n", returned true
wrote "id: \ndata: x\n\n", returned true
wrote "id: 0\ndata: x\n\n", returned true
wrote "id: a\ndata: x\n\n", returned true
wrote "id:  a\ndata: x\n\n", returned true
wrote "id: a:b\ndata: x\n\n", returned true
wrote "id: 1526919030474-55\ndata: x\n\n", returned true
wrote "id: é\ndata: x\n\n", returned true
wrote "data: x\n\n", returned true
