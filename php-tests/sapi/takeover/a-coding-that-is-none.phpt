--TEST--
A Content-Encoding that is none is no coding: start() removes it, or tolerates it where the head is out
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

foreach (['none', 'None', 'identity', '', 'UTF-8', 'gzip', 'x-own'] as $coding) {
    $header = "header('Content-Encoding: $coding');";
    request("<?php $header Sse::start()->send('x');")->showHeaders('Content-Encoding');
    $out = "header('Content-Type: text/event-stream'); $header echo ': head', PHP_EOL; flush();";
    $try = 'try { Sse::start()->send("x"); } catch (SseException $e) { echo strstr($e->getMessage(), "with"); }';
    show(request("<?php $out $try")->body);
}
request("<?php header('Content-Encoding: none'); header('Content-Encoding: gzip', false); header('Content-Type: text/event-stream'); echo ': head', PHP_EOL; flush(); $try")->show();
?>
--EXPECT--
no such header
": head\n:\ndata: x\n\n"
no such header
": head\n:\ndata: x\n\n"
no such header
": head\n:\ndata: x\n\n"
no such header
": head\n:\ndata: x\n\n"
no such header
": head\n:\ndata: x\n\n"
no such header
": head\nwith Content-Encoding: gzip; call it before any output, or send the headers of Sse::headers()"
no such header
": head\nwith Content-Encoding: x-own; call it before any output, or send the headers of Sse::headers()"
200 OK
Content-Encoding: none
Content-Encoding: gzip
Content-type: text/event-stream;charset=UTF-8
": head\nwith Content-Encoding: gzip; call it before any output, or send the headers of Sse::headers()"
