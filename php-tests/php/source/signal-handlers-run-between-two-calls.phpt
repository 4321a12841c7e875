--TEST--
Signal handlers run while stream() polls or walks native code, and the interval is kept all the same
--EXTENSIONS--
pcntl
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$handlers = [
    'exit(7);',
    'throw new LogicException("thrown in the handler");',
    'Sse::current()->close();',
];
$sources = [
    // Native callables, and iterators that no PHP code runs in.
    "Sse::stream('pcntl_get_last_error', interval: 30);",
    "Sse::stream(new InfiniteIterator(new ArrayIterator([null])));",
];
foreach ($sources as $source) {
    foreach ($handlers as $handler) {
        command(<<<PHP
            <?php
            pcntl_async_signals(true);
            pcntl_signal(SIGALRM, function () { echo '[handler]'; $handler });
            pcntl_alarm(1);
            \$start = hrtime(true);
            try {
                $source
            } catch (LogicException \$thrown) {
                echo '[' . \$thrown->getMessage() . ']';
            } finally {
                echo hrtime(true) - \$start < 20e9 ? '' : '[late]';
            }
            PHP);
    }
}
// Handlers that go on do not make the next call come early.
command(<<<'PHP'
    <?php
    pcntl_async_signals(true);
    $handled = 0;
    pcntl_signal(SIGALRM, function () use (&$handled) { $handled++; });
    pcntl_alarm(1);
    $times = [];
    ob_start();
    Sse::stream(function (Sse $sse) use (&$times) { $times[] = hrtime(true); count($times) < 2 ?: $sse->close(); }, interval: 1.5);
    ob_end_clean();
    echo $handled, $times[1] - $times[0] >= 1.5e9 ? ' kept' : ' early';
    PHP);
?>
--EXPECT--
":\ndata: 0\n\n[handler]"
exit status: 7
":\ndata: 0\n\n[handler][thrown in the handler]"
":\ndata: 0\n\n[handler]"
":\n[handler]"
exit status: 7
":\n[handler][thrown in the handler]"
":\n[handler]"
"1 kept"
