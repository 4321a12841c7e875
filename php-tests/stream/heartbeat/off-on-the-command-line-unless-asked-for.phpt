--TEST--
On the command line there are no heartbeats unless the script asks for them by argument
--INI--
sse.heartbeat=0.02
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => started()->wait(0.1));
Sse::current()->close();
observe(fn () => started(heartbeat: 0)->wait(0.1));
Sse::current()->close();
ob_start();
started(heartbeat: 0.02)->wait(0.1);
var_dump(preg_match('/^(:\n){2,}$/D', ob_get_clean()));
?>
--EXPECT--
returned true
returned true
int(1)
