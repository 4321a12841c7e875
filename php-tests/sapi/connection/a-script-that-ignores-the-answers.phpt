--TEST--
A script that goes on sending ten seconds after its client left is ended as by exit()
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

echo request_of_leaving_client(<<<'PHP'
    <?php
    $sse = Sse::start();
    register_shutdown_function(fn () => note('shutdown function'));
    client_has_left();
    while ($sse->send('x'));
    $start = hrtime(true);
    try {
        while (hrtime(true) - $start < 11e9) {
            usleep(100_000);
            $sse->send('x');
        }
        note('went on');
    } finally {
        note('finally');
    }
    PHP);
?>
--EXPECT--
shutdown function
