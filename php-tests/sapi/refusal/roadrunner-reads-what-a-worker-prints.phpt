--TEST--
A worker of RoadRunner's opens no stream: what it prints is RoadRunner's protocol
--ENV--
RR_MODE=http
--FILE--
<?php
foreach (['start', 'stop', 'stream'] as $method) {
    try {
        Sse::$method(...$method === 'stream' ? [[]] : []);
    } catch (SseException $exception) {
        echo $exception->getMessage(), "\n";
    }
}
echo Sse::headers()['Content-Type'], "\n", Sse::encode('event', id: 1);
?>
--EXPECT--
Sse::start(): RoadRunner reads this program's output; answer with the headers of Sse::headers(), and a body made of what Sse::encode() returns
Sse::stop(): RoadRunner reads this program's output; answer with the headers of Sse::headers(), and a body made of what Sse::encode() returns
Sse::stream(): RoadRunner reads this program's output; answer with the headers of Sse::headers(), and a body made of what Sse::encode() returns
text/event-stream;charset=UTF-8
id: 1
data: event
