--TEST--
A callback may use the stream: nothing is sent any more
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$sse->onClose(function () use ($sse) {
    echo '[1', json_encode([$sse->send('x'), $sse->comment(), $sse->isOpen(), $sse->wait(60)]), ']';
    $sse->close('x');
    $sse->onClose(fn () => print('[nested]'));
    echo '[end of 1]';
});
$sse->onClose(fn () => print('[2]'));
observe(fn () => $sse->close());
?>
--EXPECT--
wrote "[1[2][false,false,false,false]][nested][end of 1]", returned null
