--TEST--
The first bytes are there while the script is still at work
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$response = request_of_leaving_client(<<<'PHP'
    <?php
    $sse = Sse::start();
    client_has_left(); // it leaves once it has the first bytes: this script would wait for ever without them
    note('the client had the first bytes');
    PHP);
echo $response;
?>
--EXPECT--
the client had the first bytes
