--TEST--
An array that is a callable is called, any other is walked
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

class Sources { static function fixed(Sse $sse) { $sse->close('called'); } }
observe(fn () => Sse::stream(['Sources', 'fixed']));
observe(fn () => Sse::stream(['Sources', 'other']));
?>
--EXPECT--
wrote ":\ndata: called\n\n", returned true
wrote ":\ndata: Sources\n\ndata: other\n\n", returned true
