--TEST--
A state is what json_encode() makes of it, strings too, and no event
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';
require __DIR__ . '/../../support/frameworks.inc';

class Money implements JsonSerializable { function jsonSerialize(): mixed { return ['amount' => 5]; } }
class Named { public $name = 'n'; protected $hidden = 1; }
class Text { public $public = 1; function __toString(): string { return 'of another use'; } }
class Both implements JsonSerializable { function jsonSerialize(): mixed { return ['json']; } function __toString(): string { return 'of another use'; } }
enum Suit: string { case Hearts = 'H'; }
$reference = ['r' => 1];
foreach ([
    'text', '{"a":1}', '', 7, 1.5, 0.1, 1e100, false, null, [], ['é/' => "\u{2028}\u{85}"], new Money(), new Named(), new Text(), new Both(), Suit::Hearts,
    ['suit' => Suit::Hearts, 'money' => new Money()], new ArrayObject([1]), SseStopReason::Closed, [&$reference],
] as $state) {
    $sse = started();
    observe(fn () => $sse->sendChanges($state));
    $sse->close();
}
$sse = started();
observe(fn () => $sse->sendChanges(...['state' => &$reference]));
ini_set('serialize_precision', '5');
observe(fn () => $sse->sendChanges(['r' => 1 / 3]));
$closed = fopen('php://memory', 'r');
fclose($closed);
foreach ([
    fopen('php://memory', 'r'), $closed, fn () => 1, (function () { yield 1; })(), new SseEvent('x'),
    new Symfony\Component\HttpFoundation\ServerEvent('x'), new Illuminate\Http\StreamedEvent('update', 'x'),
] as $state) {
    observe(fn () => $sse->sendChanges($state));
}
observe(fn () => $sse->sendChanges(['r' => 1 / 3]));
?>
--EXPECT--
wrote "event: state\ndata: \"text\"\n\n", returned true
wrote "event: state\ndata: \"{\\\"a\\\":1}\"\n\n", returned true
wrote "event: state\ndata: \"\"\n\n", returned true
wrote "event: state\ndata: 7\n\n", returned true
wrote "event: state\ndata: 1.5\n\n", returned true
wrote "event: state\ndata: 0.1\n\n", returned true
wrote "event: state\ndata: 1.0e+100\n\n", returned true
wrote "event: state\ndata: false\n\n", returned true
wrote "event: state\ndata: null\n\n", returned true
wrote "event: state\ndata: []\n\n", returned true
wrote "event: state\ndata: {\"é/\":\"\\u2028\\u0085\"}\n\n", returned true
wrote "event: state\ndata: {\"amount\":5}\n\n", returned true
wrote "event: state\ndata: {\"name\":\"n\"}\n\n", returned true
wrote "event: state\ndata: {\"public\":1}\n\n", returned true
wrote "event: state\ndata: [\"json\"]\n\n", returned true
wrote "event: state\ndata: \"H\"\n\n", returned true
wrote "event: state\ndata: {\"suit\":\"H\",\"money\":{\"amount\":5}}\n\n", returned true
wrote "event: state\ndata: {\"0\":1}\n\n", returned true
wrote "event: state\ndata: \"closed\"\n\n", returned true
wrote "event: state\ndata: [{\"r\":1}]\n\n", returned true
wrote "event: state\ndata: {\"r\":1}\n\n", returned true
wrote "event: patch\ndata: {\"r\":0.33333}\n\n", returned true
threw TypeError: Sse::sendChanges(): Argument #1 ($state) must be data that has a JSON form, resource given
threw TypeError: Sse::sendChanges(): Argument #1 ($state) must be data that has a JSON form, resource given
threw TypeError: Sse::sendChanges(): Argument #1 ($state) must be data that has a JSON form, Closure given
threw TypeError: Sse::sendChanges(): Argument #1 ($state) must be data that has a JSON form, Generator given
threw TypeError: Sse::sendChanges(): Argument #1 ($state) must be a state and no event, SseEvent given
threw TypeError: Sse::sendChanges(): Argument #1 ($state) must be a state and no event, Symfony\Component\HttpFoundation\ServerEvent given
threw TypeError: Sse::sendChanges(): Argument #1 ($state) must be a state and no event, Illuminate\Http\StreamedEvent given
returned true
