--TEST--
An echo that finds the client gone ends the script as PHP does; callbacks get the reason
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

echo request_of_leaving_client(<<<'PHP'
    <?php
    $sse = Sse::start();
    $sse->onClose(fn ($reason) => note("closed: $reason->name"));
    client_has_left();
    while (true) {
        echo "data: x\n\n";
        flush();
    }
    PHP);
echo request_of_leaving_client(<<<'PHP'
    <?php
    ignore_user_abort(true);
    $sse = Sse::start();
    $sse->onClose(fn ($reason) => note("closed: $reason->name"));
    client_has_left();
    while (!connection_aborted()) {
        echo "data: x\n\n";
        flush();
    }
    note(json_encode([$sse->isOpen(), $sse->stopReason()]));
    PHP);
?>
--EXPECT--
closed: ClientGone
closed: ClientGone
[false,"client_gone"]
