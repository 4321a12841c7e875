--TEST--
A string alone takes a shorter way, to the same event, the same answer and the same exceptions
--FILE--
<?php
$sse = Sse::start();
$send = $sse->send(...);
$line = 'by reference';
$alias = &$line;
var_dump(
    $sse->send("one\ntwo"),
    $sse->send("one\ntwo", null),
    $sse->send('with an event type', 'tick'),
    $sse->send(data: 'named'),
    $sse->send(...['spread']),
    $send('closure'),
    $sse->send($alias),
    call_user_func([$sse, 'send'], 'callable'),
    (new ReflectionMethod('Sse', 'send'))->invoke($sse, 'reflection')
);

foreach ([['x'], ['x', null]] as $arguments) {
    ob_start(fn () => throw new LogicException('thrown inside'), 1);
    try {
        $sse->send(...$arguments);
    } catch (LogicException $exception) {
        ob_end_clean();
        echo $exception->getMessage(), "\n";
    }
}

try {
    $sse->send();
} catch (ArgumentCountError $error) {
    echo $error->getMessage(), "\n";
}
$sse->close();
var_dump($sse->send('x'), $sse->send('x', null));
?>
--EXPECT--
:
data: one
data: two

data: one
data: two

event: tick
data: with an event type

data: named

data: spread

data: closure

data: by reference

data: callable

data: reflection

bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
data: x

thrown inside
data: x

thrown inside
Sse::send() expects at least 1 argument, 0 given
bool(false)
bool(false)
