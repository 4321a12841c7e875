--TEST--
Callbacks run at the end of the script, after shutdown functions and destructors
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

class Destroyed { function __destruct() { echo "destructor\n"; var_dump(Sse::current()->isOpen()); } }
$kept = new Destroyed();
register_shutdown_function(fn () => print("shutdown function\n"));
started()->onClose(fn ($reason) => print("closed: $reason->name\n"));
echo "end of script\n";
?>
--EXPECT--
end of script
shutdown function
destructor
bool(true)
closed: Closed
