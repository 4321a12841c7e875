--TEST--
While the request ends no stream can be opened any more: it would be of the next request
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

command(<<<'PHP'
    <?php
    Sse::start()->onClose(function () {
        echo '[1]';
        try {
            Sse::start();
        } catch (SseException $exception) {
            echo '[refused: ', $exception::class, ']';
        }
    });
    PHP);
command(<<<'PHP'
    <?php
    class Handler implements SessionHandlerInterface
    {
        function open($path, $name): bool { return true; }
        function close(): bool { return true; }
        function read($id): string { return ''; }
        function destroy($id): bool { return true; }
        function gc($max): int|false { return 0; }
        // PHP 8.6 misses these.
        function create_sid(): string { return session_create_id(); }
        function validateId($id): bool { return true; }
        function write($id, $data): bool
        {
            try {
                Sse::start();
            } catch (SseException $exception) {
                echo '[refused: ', $exception::class, ']';
            }
            echo json_encode(Sse::current());

            return true;
        }
    }
    session_set_save_handler(new Handler(), false);
    session_start(['use_cookies' => 0, 'cache_limiter' => '']);
    PHP);
?>
--EXPECT--
":\n[1][refused: SseException]"
"[refused: SseException]null"
