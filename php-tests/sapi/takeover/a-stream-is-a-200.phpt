--TEST--
A stream is a 200, whatever status was set before, and has no headers of another response
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$start = 'Sse::start()->send("x");';
foreach ([
    'http_response_code(500);',
    'http_response_code(203);',
    'header("HTTP/1.1 404 Not Found");',
    'header("Status: 404 Not Found");',
    'header("Location: /elsewhere");',
    'header("WWW-Authenticate: Basic");',
    'header("X-Kept: 1", true, 304);',
    'header("Content-Range: bytes 0-1/2", true, 206); header("Accept-Ranges: bytes");',
    'header("ETag: \"1\""); header("Last-Modified: Thu, 19 Nov 1981 08:52:00 GMT");',
    'header("Trailer: X"); header("X-Accel-Redirect: /file"); header("X-Sendfile: /file"); header("Retry-After: 5");',
    'header_register_callback(fn () => header("Location: /elsewhere"));',
    'header_register_callback(fn () => header("Content-Type: text/html"));',
] as $before) {
    $heads[] = request("<?php $before $start");
}
$heads[0]->show();
foreach ($heads as $head) {
    echo $head->status, " | ";
    $head->showHeaders('Content-Type', implode('|', ['X-Kept', 'Location', '.*Authenticate', 'Retry-After', 'ETag', 'Last-Modified', '.*Range.*', 'Trailer', 'X-Accel-R.*', 'X-Sendfile']));
}

echo "where the head is out\n";
$out = 'header("Content-Type: text/event-stream"); %s echo ": head\n"; flush(); try { Sse::start()->send("x"); } catch (SseException $e) { file_put_contents("php://stderr", preg_replace("~ in \S+ on line \d+~", " in FILE on line N", $e->getMessage())); }';
foreach (['', 'http_response_code(201);', 'http_response_code(404);', 'header("Location: /elsewhere");', 'http_response_code(204);', 'http_response_code(304);'] as $status) {
    show(request('<?php ' . sprintf($out, $status))->body);
}
?>
--EXPECT--
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: x\n\n"
200 OK | Content-Type: text/event-stream;charset=UTF-8
200 OK | Content-Type: text/event-stream;charset=UTF-8
200 OK | Content-Type: text/event-stream;charset=UTF-8
200 OK | Content-Type: text/event-stream;charset=UTF-8
200 OK | Content-Type: text/event-stream;charset=UTF-8
200 OK | Content-Type: text/event-stream;charset=UTF-8
200 OK | X-Kept: 1 | Content-Type: text/event-stream;charset=UTF-8
200 OK | Content-Type: text/event-stream;charset=UTF-8
200 OK | Content-Type: text/event-stream;charset=UTF-8
200 OK | Content-Type: text/event-stream;charset=UTF-8
200 OK | Content-Type: text/event-stream;charset=UTF-8
200 OK | Content-Type: text/event-stream;charset=UTF-8
where the head is out
": head\n:\ndata: x\n\n"
standard error: "Sse::start(): output has begun in FILE on line N, with status 201, which is no stream to EventSource; call it before any output, or send the headers of Sse::headers()"
": head\n"
standard error: "Sse::start(): output has begun in FILE on line N, with status 404, which is no stream to EventSource; call it before any output, or send the headers of Sse::headers()"
": head\n"
standard error: "Sse::start(): output has begun in FILE on line N, with status 302, which is no stream to EventSource; call it before any output, or send the headers of Sse::headers()"
": head\n"
standard error: "Sse::start(): output has begun in FILE on line N, with status 204, which is no stream to EventSource; call it before any output, or send the headers of Sse::headers()"
": head\n"
standard error: "Sse::start(): output has begun in FILE on line N, with status 304, which is no stream to EventSource; call it before any output, or send the headers of Sse::headers()"
": head\n"
