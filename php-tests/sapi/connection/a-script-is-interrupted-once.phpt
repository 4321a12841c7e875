--TEST--
With sse.interrupt the exception is thrown once: not into the cleaning up, whatever interrupts that
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

echo command_with_leaving_reader(<<<'PHP'
    <?php
    ini_set('sse.interrupt', '1');
    pcntl_async_signals(true);
    pcntl_signal(SIGUSR1, fn () => note('a signal'));
    function clean_up(string $where): void
    {
        posix_kill(getmypid(), SIGUSR1);
        for ($i = 0; $i < 1000; $i++);
        note("cleaned up in $where");
    }
    $sse = Sse::start(heartbeat: 0.2);
    try {
        try {
            for ($start = hrtime(true); hrtime(true) - $start < 20e9;);
        } finally {
            clean_up('finally');
        }
    } catch (SseClientGone $exception) {
        note($exception->getMessage());
        clean_up('catch');
    }
    clean_up('the end');
    PHP, leavesAfter: ":\n:\n"); // a heartbeat: the script is in its loop
?>
--EXPECT--
a signal
cleaned up in finally
The client has left
a signal
cleaned up in catch
a signal
cleaned up in the end
