--TEST--
What a callback throws when the client has left surfaces from send()
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

echo request_of_leaving_client(<<<'PHP'
    <?php
    $sse = Sse::start();
    $sse->onClose(fn () => throw new LogicException('thrown'))->onClose(fn () => note('the second'));
    client_has_left();
    try {
        while ($sse->send('x'));
    } catch (LogicException $exception) {
        note($exception->getMessage());
    }
    note(json_encode([$sse->isOpen(), ignore_user_abort()]));
    PHP);
?>
--EXPECT--
the second
thrown
[false,0]
