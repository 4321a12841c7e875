--TEST--
stop() after output or beside a stream is an SseException that names file and line
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$stop = 'try { Sse::stop(); } catch (SseException $exception) { echo $exception->getMessage(); }';
show(request("<?php echo 'x';\nflush();\n$stop")->body);
show(request("<?php\nSse::start();\n$stop")->body);
show(request("<?php\nSse::stop();\ntry { Sse::start(); } catch (SseException \$exception) { file_put_contents('php://stderr', \$exception->getMessage()); }")->body);
command("<?php Sse::stop(); echo 'on the command line nothing happens';");
?>
--EXPECTF--
"xSse::stop(): output has begun in script.php on line 1, with the response; call it before any output"
":\nSse::stop(): a stream is open already, started in script.php on line 2"
standard error: "Sse::start(): %s in script.php on line 2%S"
""
"on the command line nothing happens"
