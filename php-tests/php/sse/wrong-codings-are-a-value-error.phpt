--TEST--
What is no coding is a ValueError with number and name, and no stream is opened
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

foreach (['maybe', 'gzip, lzma', 'identity', ['br', 'on'], ['x' => 'lzma'], "gzip\0", [5], 1.5, new stdClass()] as $compress) {
    observe(fn () => Sse::start(compress: $compress));
    observe(fn () => Sse::stream([], compress: $compress));
    observe(fn () => Sse::headers(compress: $compress));
}
observe(fn () => Sse::current());
foreach ([null, true, false, 'on', 'off', '', 1, 0, 'zstd, br', ['GZIP', 'gzip'], []] as $compress) {
    observe(fn () => Sse::stream(['x'], compress: $compress));
}
?>
--EXPECT--
threw ValueError: Sse::start(): Argument #10 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "maybe" given
threw ValueError: Sse::stream(): Argument #13 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "maybe" given
threw ValueError: Sse::headers(): Argument #3 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "maybe" given
threw ValueError: Sse::start(): Argument #10 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "lzma" given
threw ValueError: Sse::stream(): Argument #13 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "lzma" given
threw ValueError: Sse::headers(): Argument #3 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "lzma" given
threw ValueError: Sse::start(): Argument #10 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "identity" given
threw ValueError: Sse::stream(): Argument #13 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "identity" given
threw ValueError: Sse::headers(): Argument #3 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "identity" given
threw ValueError: Sse::start(): Argument #10 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "on" given
threw ValueError: Sse::stream(): Argument #13 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "on" given
threw ValueError: Sse::headers(): Argument #3 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "on" given
threw ValueError: Sse::start(): Argument #10 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "lzma" given
threw ValueError: Sse::stream(): Argument #13 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "lzma" given
threw ValueError: Sse::headers(): Argument #3 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "lzma" given
threw ValueError: Sse::start(): Argument #10 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "gzip\0" given
threw ValueError: Sse::stream(): Argument #13 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "gzip\0" given
threw ValueError: Sse::headers(): Argument #3 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "gzip\0" given
threw TypeError: Sse::start(): Argument #10 ($compress) must be an array of strings, int given
threw TypeError: Sse::stream(): Argument #13 ($compress) must be an array of strings, int given
threw TypeError: Sse::headers(): Argument #3 ($compress) must be an array of strings, int given
threw ValueError: Sse::start(): Argument #10 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "1.5" given
threw ValueError: Sse::stream(): Argument #13 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "1.5" given
threw ValueError: Sse::headers(): Argument #3 ($compress) must be "on", or of "br", "zstd", "gzip" and "deflate", "1.5" given
threw TypeError: Sse::start(): Argument #10 ($compress) must be of type array|string|bool|null, stdClass given
threw TypeError: Sse::stream(): Argument #13 ($compress) must be of type array|string|bool|null, stdClass given
threw TypeError: Sse::headers(): Argument #3 ($compress) must be of type array|string|bool|null, stdClass given
returned null
wrote ":\ndata: x\n\n", returned true
wrote ":\ndata: x\n\n", returned true
wrote ":\ndata: x\n\n", returned true
wrote ":\ndata: x\n\n", returned true
wrote ":\ndata: x\n\n", returned true
wrote ":\ndata: x\n\n", returned true
wrote ":\ndata: x\n\n", returned true
wrote ":\ndata: x\n\n", returned true
wrote ":\ndata: x\n\n", returned true
wrote ":\ndata: x\n\n", returned true
wrote ":\ndata: x\n\n", returned true
