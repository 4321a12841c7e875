--TEST--
What a script has echoed is on its way while it waits
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

echo request_of_leaving_client(<<<'PHP'
    <?php
    $sse = Sse::start(heartbeat: 0.05);
    echo "data: echoed\n\n";
    note(json_encode($sse->wait(60))); // the client leaves once it has the echoed bytes: else this would take a minute
    PHP, "data: echoed\n\n");
?>
--EXPECT--
false
