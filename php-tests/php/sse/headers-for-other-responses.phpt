--TEST--
headers() gives the headers of an event stream by name, and opens nothing
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$_SERVER['HTTP_ORIGIN'] = 'https://a.example';
foreach ([[], ['https://a.example'], ['https://b.example'], ['*'], [['https://a.example', 'https://b.example']], [null, ['X-A' => 'b', 'X-N' => 5]], [null, ['cache-control' => 'no-cache']], ['https://a.example', ['Vary' => 'Accept']], [[]]] as $arguments) {
    observe(fn () => Sse::headers(...$arguments));
}
ini_set('sse.allow_origin', 'https://a.example');
observe(fn () => Sse::headers());
observe(fn () => Sse::headers([]));
observe(fn () => Sse::current());
?>
--EXPECT--
returned {"Content-Type":"text/event-stream;charset=UTF-8","Cache-Control":"no-store, no-transform","X-Accel-Buffering":"no","Incremental":"?1"}
returned {"Content-Type":"text/event-stream;charset=UTF-8","Cache-Control":"no-store, no-transform","X-Accel-Buffering":"no","Incremental":"?1","Vary":"Origin","Access-Control-Allow-Origin":"https://a.example","Access-Control-Allow-Credentials":"true"}
returned {"Content-Type":"text/event-stream;charset=UTF-8","Cache-Control":"no-store, no-transform","X-Accel-Buffering":"no","Incremental":"?1","Vary":"Origin"}
returned {"Content-Type":"text/event-stream;charset=UTF-8","Cache-Control":"no-store, no-transform","X-Accel-Buffering":"no","Incremental":"?1","Access-Control-Allow-Origin":"*"}
returned {"Content-Type":"text/event-stream;charset=UTF-8","Cache-Control":"no-store, no-transform","X-Accel-Buffering":"no","Incremental":"?1","Vary":"Origin","Access-Control-Allow-Origin":"https://a.example","Access-Control-Allow-Credentials":"true"}
returned {"Content-Type":"text/event-stream;charset=UTF-8","Cache-Control":"no-store, no-transform","X-Accel-Buffering":"no","Incremental":"?1","X-A":"b","X-N":"5"}
returned {"Content-Type":"text/event-stream;charset=UTF-8","X-Accel-Buffering":"no","Incremental":"?1","cache-control":"no-cache, no-transform"}
returned {"Content-Type":"text/event-stream;charset=UTF-8","Cache-Control":"no-store, no-transform","X-Accel-Buffering":"no","Incremental":"?1","Access-Control-Allow-Origin":"https://a.example","Access-Control-Allow-Credentials":"true","Vary":"Accept, Origin"}
returned {"Content-Type":"text/event-stream;charset=UTF-8","Cache-Control":"no-store, no-transform","X-Accel-Buffering":"no","Incremental":"?1"}
returned {"Content-Type":"text/event-stream;charset=UTF-8","Cache-Control":"no-store, no-transform","X-Accel-Buffering":"no","Incremental":"?1","Vary":"Origin","Access-Control-Allow-Origin":"https://a.example","Access-Control-Allow-Credentials":"true"}
returned {"Content-Type":"text/event-stream;charset=UTF-8","Cache-Control":"no-store, no-transform","X-Accel-Buffering":"no","Incremental":"?1"}
returned null
