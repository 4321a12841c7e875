--TEST--
start() after output with another content type is an SseException that names file and line
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$start = 'try { Sse::start(); } catch (SseException $exception) { echo $exception->getMessage(), json_encode(Sse::current()); }';
request("<?php\necho 'x';\nflush();\n$start")->show();
request("<?php\nheader('Content-Type: application/json');\necho 'x'; flush();\n$start")->show();
request("<?php\nheader('Content-Type: text/event-stream');\nheader('Content-Encoding: br');\necho 'x'; flush();\n$start")->show();
request("<?php ob_start(null, 1);\necho 'x';\n$start")->show();
request("x<?php\n$start")->show();
?>
--EXPECT--
200 OK
Content-type: text/html; charset=UTF-8
"xSse::start(): output has begun in script.php on line 2, with Content-Type: text/html; charset=UTF-8; call it before any output, or send the headers of Sse::headers()null"
200 OK
Content-Type: application/json
"xSse::start(): output has begun in script.php on line 3, with Content-Type: application/json; call it before any output, or send the headers of Sse::headers()null"
200 OK
Content-type: text/event-stream;charset=UTF-8
Content-Encoding: br
"xSse::start(): output has begun in script.php on line 4, with Content-Encoding: br; call it before any output, or send the headers of Sse::headers()null"
200 OK
Content-type: text/html; charset=UTF-8
"xSse::start(): output has begun in script.php on line 2, with Content-Type: text/html; charset=UTF-8; call it before any output, or send the headers of Sse::headers()null"
200 OK
Content-type: text/html; charset=UTF-8
"xSse::start(): output has begun in script.php on line 1, with Content-Type: text/html; charset=UTF-8; call it before any output, or send the headers of Sse::headers()null"
