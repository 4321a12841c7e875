--TEST--
An SseEvent is the same whichever way its constructor and its text take
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

class Text { public function __construct(private string $text) {} public function __toString(): string { return $this->text; } }

// The second of each pair has an argument that has to be converted first.
$pairs = [
    [['data', 'tick', '7', 5, 'why'], ['data', new Text('tick'), 7, '5', 'why']],
    [['data', '', '', 0, ''], ['data', new Text(''), new Text(''), '0', new Text('')]],
    [['ü', 'é', 'ü'], ['ü', new Text('é'), 'ü']],
    [["a\nb\r\nc", null, null, null, "x\ny"], ["a\nb\r\nc", null, null, null, new Text("x\ny")]],
    [["\xff\0"], ["\xff\0", null, null, null, null]],
    [[str_repeat('x', 100_000), 'tick'], [str_repeat('x', 100_000), new Text('tick')]],
    [[null, 'tick'], [null, new Text('tick')]],
    [[['a' => 1], 'tick'], [['a' => 1], new Text('tick')]],
];
foreach ($pairs as [$plain, $converted]) {
    [$short, $long] = [new SseEvent(...$plain), new SseEvent(...$converted)];
    var_dump($short == $long && get_object_vars($short) === get_object_vars($long) && (string) $short === (string) $long);
}
show(new SseEvent(...$pairs[0][0]));
show(new SseEvent(comment: 'named', data: 'data'));
$data = 'referred to';
$event = call_user_func_array([new ReflectionClass(SseEvent::class), 'newInstance'], [&$data]);
$data = 'changed';
show($event);

$wrong = [["d", "a\nb"], ['d', "\xff"], ['d', null, "a\0"], ['d', null, null, -1], ['d', []], [1, 2, 3, 4, 5, 6]];
foreach ($wrong as $arguments) {
    observe(fn () => new SseEvent(...$arguments));
}
$bare = new SseEvent('once', 'tick');
observe(fn () => $bare->__construct('twice'));
observe(fn () => (string) clone $bare);
observe(fn () => clone $bare == $bare);
observe(fn () => (string) new SseEvent('kept') . new SseEvent('apart'));
observe(fn () => (new SseEvent('data'))->__toString(1));
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
": why\nid: 7\nevent: tick\nretry: 5\ndata: data\n\n"
": named\ndata: data\n\n"
"data: referred to\n\n"
threw ValueError: SseEvent::__construct(): Argument #2 ($event) must not contain line breaks
threw ValueError: SseEvent::__construct(): Argument #2 ($event) must be valid UTF-8
threw ValueError: SseEvent::__construct(): Argument #3 ($id) must not contain any null bytes
threw ValueError: SseEvent::__construct(): Argument #4 ($retry) must be greater than or equal to 0
threw TypeError: SseEvent::__construct(): Argument #2 ($event) must be of type ?string, array given
threw ArgumentCountError: SseEvent::__construct() expects at most 5 arguments, 6 given
threw Error: Cannot modify readonly property SseEvent::$data
returned "event: tick\ndata: once\n\n"
returned true
returned "data: kept\n\ndata: apart\n\n"
threw ArgumentCountError: SseEvent::__toString() expects exactly 0 arguments, 1 given
