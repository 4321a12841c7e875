--TEST--
When both source and onClose() callback throw, the source's exception surfaces
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(function () {
    try {
        Sse::stream(function (Sse $sse) {
            $sse->onClose(fn () => throw new RuntimeException('of the callback'));
            throw new LogicException('of the source');
        });
    } catch (Throwable $exception) {
        while ($exception) {
            echo '[', $exception->getMessage(), ']';
            $exception = $exception->getPrevious();
        }
    }
});
?>
--EXPECT--
wrote ":\nevent\n[of the source][of the callback]", returned null
