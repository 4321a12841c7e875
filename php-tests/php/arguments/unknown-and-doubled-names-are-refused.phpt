--TEST--
Unknown names, and arguments given twice, are an Error as everywhere in PHP
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
observe(fn () => $sse->send('x', color: 'red'));
observe(fn () => $sse->send('x', data: 'y'));
observe(fn () => $sse->send(id: 3));
observe(fn () => Sse::start(heart_beat: 1));
observe(fn () => Sse::stream([], heartBeat: 1));
observe(fn () => new SseEvent(Data: 'x'));
?>
--EXPECT--
threw Error: Unknown named parameter $color
threw Error: Named parameter $data overwrites previous argument
threw ArgumentCountError: Sse::send(): Argument #1 ($data) not passed
threw Error: Unknown named parameter $heart_beat
threw Error: Unknown named parameter $heartBeat
threw Error: Unknown named parameter $Data
