--TEST--
A script that ignores user aborts may go on as long as it likes after its client left
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

echo request_of_leaving_client(<<<'PHP'
    <?php
    ignore_user_abort(true);
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
went on
finally
shutdown function
