--TEST--
The stream is open until the script ends, whether or not a variable holds it
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

started()->onClose(fn ($reason) => print("closed: $reason->name\n"));
gc_collect_cycles();
observe(fn () => Sse::current()->send('x'));
echo "end of script\n";
?>
--EXPECT--
wrote "data: x\n\n", returned true
end of script
closed: Closed
