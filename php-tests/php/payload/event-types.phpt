--TEST--
An event type is sent as it is, and an empty one is the client's "message"
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
foreach (['tick', ' tick', 'a:b', 'message', '', null, '0', 'é', "\t", "\u{FEFF}"] as $event) {
    observe(fn () => $sse->send('x', $event));
}
?>
--EXPECT--
wrote "event: tick\ndata: x\n\n", returned true
wrote "event:  tick\ndata: x\n\n", returned true
wrote "event: a:b\ndata: x\n\n", returned true
wrote "event: message\ndata: x\n\n", returned true
wrote "data: x\n\n", returned true
wrote "data: x\n\n", returned true
wrote "event: 0\ndata: x\n\n", returned true
wrote "event: é\ndata: x\n\n", returned true
wrote "event: \t\ndata: x\n\n", returned true
wrote "event: ﻿\ndata: x\n\n", returned true
