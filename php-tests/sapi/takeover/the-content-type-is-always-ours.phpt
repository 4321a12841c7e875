--TEST--
The content type is an event stream's, whatever was set
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

foreach (['text/html', 'application/json', 'text/event-stream', 'text/plain; charset=ISO-8859-1'] as $type) {
    request("<?php header('Content-Type: $type'); Sse::start();")->showHeaders('Content-Type');
}
request('<?php Sse::start();', settings: ['default_mimetype' => 'text/plain', 'default_charset' => 'ISO-8859-1'])->showHeaders('Content-Type');
?>
--EXPECT--
Content-Type: text/event-stream;charset=UTF-8
Content-Type: text/event-stream;charset=UTF-8
Content-Type: text/event-stream;charset=UTF-8
Content-Type: text/event-stream;charset=UTF-8
Content-Type: text/event-stream;charset=UTF-8
