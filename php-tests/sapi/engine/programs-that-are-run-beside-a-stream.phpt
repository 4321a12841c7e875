--TEST--
Programs that a script runs print in order, and inherit no descriptor of the stream
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

command(<<<'PHP'
    <?php
    $descriptors = fn () => substr_count(shell_exec('ls /proc/self/fd'), "\n");
    $before = $descriptors();
    $sse = Sse::start(heartbeat: 60);
    $sse->send($descriptors() - $before);
    passthru('printf "data: from a program\n\n"');
    $sse->send('x');
    PHP);
?>
--EXPECT--
":\ndata: 0\n\ndata: from a program\n\ndata: x\n\n"
