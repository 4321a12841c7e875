--TEST--
stream() calls a callable with the stream, again and again, until it closes
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => Sse::stream(function (Sse $sse) {
    static $calls = 0;
    if (++$calls === 4) {
        $sse->close('last', 'end');
    }

    return [null, 'a', false, 'b', 'after the end'][$calls];
}, 0));
observe(fn () => Sse::stream(function (Sse $sse): void { $sse->send('sent by itself'); $sse->close(); }));
observe(fn () => Sse::stream(fn () => Sse::current()->close()));
observe(fn () => Sse::stream(fn (Sse $sse) => $sse === Sse::current() ? $sse->close('the same') : null));
?>
--EXPECT--
wrote ":\ndata: a\n\ndata: b\n\nevent: end\ndata: last\n\n", returned true
wrote ":\ndata: sent by itself\n\n", returned true
wrote ":\nevent\n", returned true
wrote ":\ndata: the same\n\n", returned true
