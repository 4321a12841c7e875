--TEST--
A source cannot open a second stream
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => Sse::stream(function (Sse $sse) {
    try {
        Sse::stream(['x']);
    } catch (SseException $exception) {
        $sse->close('refused');
    }
}));
?>
--EXPECT--
wrote ":\ndata: refused\n\n", returned true
