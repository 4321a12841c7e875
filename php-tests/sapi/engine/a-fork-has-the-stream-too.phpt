--TEST--
After a fork both processes may go on; neither is in the other's way
--EXTENSIONS--
pcntl
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
ob_start();
$sse->send('before');
$pid = pcntl_fork();
if ($pid === 0) {
    ob_end_clean();
    $sse->onClose(fn () => 0);
    exit(7);
}
pcntl_waitpid($pid, $status);
$sse->send('after');
$written = ob_get_clean();
show($written);
echo pcntl_wexitstatus($status), "\n";
?>
--EXPECT--
"data: before\n\ndata: after\n\n"
7
