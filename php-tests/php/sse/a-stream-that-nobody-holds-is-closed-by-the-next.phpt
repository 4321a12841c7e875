--TEST--
On the command line the next start() closes a stream that nobody holds any more; one that is held refuses
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

function left_open(): void
{
    started()->onClose(fn ($reason) => print("closed: $reason->name\n"));
}

left_open();
observe(fn () => (bool) Sse::start());
left_open();
$held = started();
observe(fn () => Sse::stream(['x']));
observe(fn () => $held->isOpen());
$held = null;
observe(fn () => Sse::stream(['x']));
?>
--EXPECTF--
wrote "closed: Closed\n\n:\n", returned true
threw SseException: Sse::stream(): a stream is open already, started in %s
returned true
wrote ":\ndata: x\n\n", returned true
