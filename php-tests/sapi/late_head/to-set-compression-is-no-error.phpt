--TEST--
To switch zlib's compression off, or on, is no error once a stream has sent the head, and does nothing to its bytes
--EXTENSIONS--
zlib
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$script = <<<'PHP'
    <?php
    set_error_handler(function (int $level, string $message) { throw new ErrorException($message); });
    $sse = Sse::start();
    foreach (['Off', '0', '1', '4096'] as $value) {
        try {
            $level = ob_get_level();
            ini_set('zlib.output_compression', $value);
            ini_set('zlib.output_compression_level', 9);
            echo 'data: ', ob_get_level() - $level, " more buffers\n\n";
            $sse->send($value);
        } catch (Throwable $thrown) {
            $sse->send($thrown->getMessage());
        }
    }
    PHP;
request($script, ['HTTP_ACCEPT_ENCODING' => 'gzip'])->show();
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: 0 more buffers\n\ndata: Off\n\ndata: 0 more buffers\n\ndata: 0\n\ndata: 0 more buffers\n\ndata: 1\n\ndata: 0 more buffers\n\ndata: 4096\n\n"
