--TEST--
Malformed origins and headers are a ValueError with number and name
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

foreach (['example.org', 'https://example.org/', 'https://*.example.org', 'null', 'https://user@example.org', "https://a.example\r\nX: y"] as $origin) {
    observe(fn () => Sse::start(allowOrigin: $origin));
    observe(fn () => Sse::headers([$origin]));
}
foreach ([['X-A' => "b\nc"], ["X\0" => 'b'], ['X A' => 'b'], ['' => 'b'], [3 => 'X-A: b'], ['Content-Type' => 'text/html'], ['content-length' => '5'], ['Content-Encoding' => 'gzip'], ['Transfer-Encoding' => 'chunked'], ['etag' => '"1"'], ['X-A' => null]] as $headers) {
    observe(fn () => Sse::start(headers: $headers));
    observe(fn () => Sse::headers(headers: $headers));
}
observe(fn () => Sse::stream([], allowOrigin: 'null'));
observe(fn () => Sse::stream([], headers: ['X A' => 'b']));
observe(fn () => Sse::current());
?>
--EXPECT--
threw ValueError: Sse::start(): Argument #4 ($allowOrigin) must be "*" or origins without a path such as "https://example.org", "example.org" given
threw ValueError: Sse::headers(): Argument #1 ($allowOrigin) must be "*" or origins without a path such as "https://example.org", "example.org" given
threw ValueError: Sse::start(): Argument #4 ($allowOrigin) must be "*" or origins without a path such as "https://example.org", "https://example.org/" given
threw ValueError: Sse::headers(): Argument #1 ($allowOrigin) must be "*" or origins without a path such as "https://example.org", "https://example.org/" given
threw ValueError: Sse::start(): Argument #4 ($allowOrigin) must be "*" or origins without a path such as "https://example.org", "https://*.example.org" given
threw ValueError: Sse::headers(): Argument #1 ($allowOrigin) must be "*" or origins without a path such as "https://example.org", "https://*.example.org" given
threw ValueError: Sse::start(): Argument #4 ($allowOrigin) must be "*" or origins without a path such as "https://example.org", "null" given
threw ValueError: Sse::headers(): Argument #1 ($allowOrigin) must be "*" or origins without a path such as "https://example.org", "null" given
threw ValueError: Sse::start(): Argument #4 ($allowOrigin) must be "*" or origins without a path such as "https://example.org", "https://user@example.org" given
threw ValueError: Sse::headers(): Argument #1 ($allowOrigin) must be "*" or origins without a path such as "https://example.org", "https://user@example.org" given
threw ValueError: Sse::start(): Argument #4 ($allowOrigin) must be "*" or origins without a path such as "https://example.org", "X:" given
threw ValueError: Sse::headers(): Argument #1 ($allowOrigin) must be "*" or origins without a path such as "https://example.org", "https://a.example\r\nX: y" given
threw ValueError: Sse::start(): Argument #5 ($headers) must be headers without control characters that an event stream can have, "X-A" given
threw ValueError: Sse::headers(): Argument #2 ($headers) must be headers without control characters that an event stream can have, "X-A" given
threw ValueError: Sse::start(): Argument #5 ($headers) must be headers without control characters that an event stream can have, "X\0" given
threw ValueError: Sse::headers(): Argument #2 ($headers) must be headers without control characters that an event stream can have, "X\0" given
threw ValueError: Sse::start(): Argument #5 ($headers) must be headers without control characters that an event stream can have, "X A" given
threw ValueError: Sse::headers(): Argument #2 ($headers) must be headers without control characters that an event stream can have, "X A" given
threw ValueError: Sse::start(): Argument #5 ($headers) must be headers without control characters that an event stream can have, "" given
threw ValueError: Sse::headers(): Argument #2 ($headers) must be headers without control characters that an event stream can have, "" given
threw ValueError: Sse::start(): Argument #5 ($headers) must have header names as keys, 3 given
threw ValueError: Sse::headers(): Argument #2 ($headers) must have header names as keys, 3 given
threw ValueError: Sse::start(): Argument #5 ($headers) must be headers without control characters that an event stream can have, "Content-Type" given
threw ValueError: Sse::headers(): Argument #2 ($headers) must be headers without control characters that an event stream can have, "Content-Type" given
threw ValueError: Sse::start(): Argument #5 ($headers) must be headers without control characters that an event stream can have, "content-length" given
threw ValueError: Sse::headers(): Argument #2 ($headers) must be headers without control characters that an event stream can have, "content-length" given
threw ValueError: Sse::start(): Argument #5 ($headers) must be headers without control characters that an event stream can have, "Content-Encoding" given
threw ValueError: Sse::headers(): Argument #2 ($headers) must be headers without control characters that an event stream can have, "Content-Encoding" given
threw ValueError: Sse::start(): Argument #5 ($headers) must be headers without control characters that an event stream can have, "Transfer-Encoding" given
threw ValueError: Sse::headers(): Argument #2 ($headers) must be headers without control characters that an event stream can have, "Transfer-Encoding" given
threw ValueError: Sse::start(): Argument #5 ($headers) must be headers without control characters that an event stream can have, "etag" given
threw ValueError: Sse::headers(): Argument #2 ($headers) must be headers without control characters that an event stream can have, "etag" given
threw TypeError: Sse::start(): Argument #5 ($headers) must be an array of strings, null given
threw TypeError: Sse::headers(): Argument #2 ($headers) must be an array of strings, null given
threw ValueError: Sse::stream(): Argument #7 ($allowOrigin) must be "*" or origins without a path such as "https://example.org", "null" given
threw ValueError: Sse::stream(): Argument #8 ($headers) must be headers without control characters that an event stream can have, "X A" given
returned null
