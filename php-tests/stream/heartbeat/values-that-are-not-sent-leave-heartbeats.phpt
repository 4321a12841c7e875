--TEST--
Heartbeats go on where no value is sent, as none has changed
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$calls = 0;
ob_start();
$poll = function (Sse $sse) use (&$calls) { return $calls++ < 100 ? 'the same' : $sse->close('end'); };
Sse::stream($poll, 0.01, heartbeat: 0.1, changes: true);
$written = ob_get_clean();
show(preg_replace('/(:\n){2,}data: end/', "...\ndata: end", $written));

$sse = started(heartbeat: 0.1);
ob_start();
for ($call = 0; $call < 100; $call++) {
    $sse->sendChanges(['the' => 'same']);
    $sse->wait(0.01);
}
show(preg_replace('/(:\n){2,}$/D', "...\n", ob_get_clean()));
?>
--EXPECT--
":\ndata: the same\n\n...\ndata: end\n\n"
"event: state\ndata: {\"the\":\"same\"}\n\n...\n"
