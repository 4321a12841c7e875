--TEST--
When an output callback throws, the source is ended before it runs on
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

function values() { try { yield 'a'; for ($i = 0; $i < 3; $i++) { yield "never $i"; } } finally { echo '[finally]'; } }
function refusing(string $chunk): string { return str_contains($chunk, 'data: a') ? throw new LogicException('thrown in the output callback') : $chunk; }
foreach ([values(...), fn () => values(), fn () => 'a', ['a', 'b', 'c']] as $source) {
    $calls = 0;
    ob_start();
    ob_start('refusing', 1);
    try {
        Sse::stream(is_callable($source) ? function () use ($source, &$calls) { $calls++; return $source(); } : $source, 0);
        echo 'not thrown';
    } catch (LogicException $exception) {
        echo $exception->getMessage();
    }
    ob_end_flush();
    show(ob_get_clean());
    echo $calls, ' calls, open: ', json_encode(Sse::current()->isOpen()), "\n";
}
?>
--EXPECT--
":\ndata: a\n\n[finally]thrown in the output callback"
1 calls, open: false
":\ndata: a\n\n[finally]thrown in the output callback"
1 calls, open: false
":\ndata: a\n\nthrown in the output callback"
1 calls, open: false
":\ndata: a\n\nthrown in the output callback"
0 calls, open: false
