--TEST--
What the session's save handler throws surfaces, and no stream is opened
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request(<<<'PHP'
    <?php
    class Handler implements SessionHandlerInterface
    {
        function open($path, $name): bool { return true; }
        function close(): bool { return true; }
        function read($id): string { return ''; }
        function write($id, $data): bool { throw new LogicException('thrown in write'); }
        function destroy($id): bool { return true; }
        function gc($max): int|false { return 0; }
        // PHP 8.6 misses these.
        function create_sid(): string { return session_create_id(); }
        function validateId($id): bool { return true; }
    }
    session_set_save_handler(new Handler(), false);
    session_start(['use_cookies' => 0, 'cache_limiter' => '']);
    try {
        Sse::start();
    } catch (LogicException $exception) {
        echo $exception->getMessage(), ' ', json_encode(Sse::current());
    }
    PHP)->show();
?>
--EXPECT--
200 OK
Content-type: text/html; charset=UTF-8
"thrown in write null"
