--TEST--
wait() notices with the heartbeat that the client has left
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

echo request_of_leaving_client(<<<'PHP'
    <?php
    $sse = Sse::start(heartbeat: 0.02);
    client_has_left();
    note(json_encode($sse->wait(60)));
    note($sse->stopReason()->name);
    PHP);
?>
--EXPECT--
false
ClientGone
