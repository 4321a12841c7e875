--TEST--
stream() ends when the client has left: the generator's finally block runs
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

echo request_of_leaving_client(<<<'PHP'
    <?php
    function ticks() { try { client_has_left(); while (true) yield 'x'; } finally { note('finally of the generator'); } }
    note(json_encode(Sse::stream(ticks())));
    note(Sse::current()->stopReason()->name);
    PHP);
echo request_of_leaving_client(<<<'PHP'
    <?php
    note(json_encode(Sse::stream(function (Sse $sse) { $sse->onClose(fn ($reason) => note("closed: $reason->name")); client_has_left(); return 'x'; }, 0)));
    PHP);
?>
--EXPECT--
finally of the generator
false
ClientGone
closed: ClientGone
false
