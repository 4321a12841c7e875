--TEST--
A response is one stream: another is refused, also after the first has ended
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

show(request("<?php\nSse::start();\ntry { Sse::start(); } catch (SseException \$exception) { echo \$exception->getMessage(); }")->body);
request("<?php\nSse::start()->close();\ntry { Sse::start(); } catch (SseException \$exception) { file_put_contents('php://stderr', \$exception->getMessage()); }")->show();
?>
--EXPECT--
":\nSse::start(): a stream is open already, started in script.php on line 2"
standard error: "Sse::start(): this response was a stream already, started in script.php on line 2"
200 OK
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\nevent\n"
