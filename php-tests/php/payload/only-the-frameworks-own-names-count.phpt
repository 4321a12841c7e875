--TEST--
Classes that are merely called alike are JSON
--FILE--
<?php
namespace App {
    class ServerEvent { public $data = 'x'; }
    class StreamedEvent { public $event = 'x'; }
    class SseEvent { public $data = 'x'; }
}

namespace {
    require __DIR__ . '/../../support/observe.inc';

    observe(fn () => Sse::encode(new App\ServerEvent()));
    observe(fn () => Sse::encode(new App\StreamedEvent()));
    observe(fn () => Sse::encode(new App\SseEvent()));
}
?>
--EXPECT--
returned "data: {\"data\":\"x\"}\n\n"
returned "data: {\"event\":\"x\"}\n\n"
returned "data: {\"data\":\"x\"}\n\n"
