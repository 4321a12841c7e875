--TEST--
close() ends the stream, after one last event if there is something to say
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => started()->close());
observe(fn () => started()->close('bye'));
observe(fn () => started()->close('bye', 'end'));
observe(fn () => started()->close(null, 'end'));
observe(fn () => started()->close(['a' => 1]));
observe(fn () => started()->close(''));
observe(fn () => started()->close(false));
observe(fn () => started()->close(new SseEvent('x', 'own')));
observe(fn () => started()->close(new SseEvent('x', 'own'), 'other'));
?>
--EXPECT--
returned null
wrote "data: bye\n\n", returned null
wrote "event: end\ndata: bye\n\n", returned null
wrote "event: end\ndata: \n\n", returned null
wrote "data: {\"a\":1}\n\n", returned null
wrote "data: \n\n", returned null
wrote "data: false\n\n", returned null
wrote "event: own\ndata: x\n\n", returned null
wrote "event: other\ndata: x\n\n", returned null
