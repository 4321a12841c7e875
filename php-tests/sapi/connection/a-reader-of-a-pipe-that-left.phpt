--TEST--
On the command line a reader of a pipe that left is noticed, too
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

echo command_with_leaving_reader(<<<'PHP'
    <?php
    $sse = Sse::start();
    $sse->onClose(fn ($reason) => note("closed: $reason->name"));
    client_has_left();
    while ($sse->send('x'));
    note(json_encode([$sse->stopReason(), connection_aborted()]));
    PHP);
echo command_with_leaving_reader(<<<'PHP'
    <?php
    $sse = Sse::start(heartbeat: 0.05);
    $sse->onClose(fn ($reason) => note("closed: $reason->name"));
    note(json_encode($sse->wait(60)));
    note(json_encode([$sse->stopReason(), connection_aborted()]));
    PHP);
echo command_with_leaving_reader(<<<'PHP'
    <?php
    $sse = Sse::start(heartbeat: 60);
    client_has_left();
    for ($start = hrtime(true); $sse->isOpen() && hrtime(true) - $start < 20e9;);
    note(json_encode([$sse->stopReason(), connection_aborted(), hrtime(true) - $start < 20e9]));
    PHP);
?>
--EXPECT--
exit status: 255
closed: ClientGone
["client_gone",1]
closed: ClientGone
false
["client_gone",1]
["client_gone",1,true]
