--TEST--
An SseException is a RuntimeException with file, line and trace
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$held = started();
try {
    Sse::start();
} catch (RuntimeException $exception) {
    echo $exception::class, ': ', preg_replace('~in \S+/~', 'in ', $exception->getMessage()), "\n";
    echo basename($exception->getFile()), ':', $exception->getLine(), "\n";
    echo basename(__FILE__), "\n";
    echo count($exception->getTrace()), ' call: ', $exception->getTrace()[0]['class'], $exception->getTrace()[0]['type'], $exception->getTrace()[0]['function'], "\n";
    var_dump($exception->getCode(), $exception->getPrevious());
}
$own = new SseException('message', 7, new LogicException('previous'));
var_dump($own->getMessage(), $own->getCode(), $own->getPrevious()->getMessage(), $own->getLine());
?>
--EXPECT--
SseException: Sse::start(): a stream is open already, started in observe.inc on line 25
an-sse-exception-is-a-runtime-exception.php:6
an-sse-exception-is-a-runtime-exception.php
1 call: Sse::start
int(0)
NULL
string(7) "message"
int(7)
string(8) "previous"
int(14)
