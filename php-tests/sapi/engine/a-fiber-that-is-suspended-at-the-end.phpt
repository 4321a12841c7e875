--TEST--
A Fiber that is suspended in a source at the end of the script is unwound
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

command(<<<'PHP'
    <?php
    $fiber = new Fiber(fn () => Sse::stream(function (Sse $sse) {
        $sse->onClose(fn ($reason) => print("[closed: $reason->name]"));
        try {
            Fiber::suspend();
        } finally {
            echo '[finally]';
        }
    }));
    $fiber->start();
    echo '[end of script]';
    PHP);
?>
--EXPECT--
":\n[end of script][finally][closed: Closed]"
