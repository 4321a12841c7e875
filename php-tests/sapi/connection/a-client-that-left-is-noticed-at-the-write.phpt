--TEST--
A client that left is noticed at the write; finally blocks, callbacks and destructors run
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

echo request_of_leaving_client(<<<'PHP'
    <?php
    class Destroyed { function __destruct() { note('destructor'); } }
    $destroyed = new Destroyed();
    register_shutdown_function(fn () => note('shutdown function'));
    $sse = Sse::start();
    $sse->onClose(fn ($reason) => note("closed: $reason->name, aborted: " . connection_aborted()));
    client_has_left();
    try {
        while ($sse->send('x'));
        note('send() said false');
    } finally {
        note('finally');
    }
    note(json_encode([$sse->isOpen(), $sse->stopReason(), $sse->send('x'), $sse->comment(), $sse->wait(60), connection_aborted()]));
    echo 'ignored';
    note('end of script');
    PHP);
?>
--EXPECT--
closed: ClientGone, aborted: 1
send() said false
finally
[false,"client_gone",false,false,false,1]
end of script
shutdown function
destructor
