--TEST--
What is no string is JSON, with slashes and unicode left alone
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
class Point { public $x = 1; protected $y = 2; private $z = 3; }
class Money implements JsonSerializable { function jsonSerialize(): mixed { return ['amount' => 5]; } }
class Named { public $name = 'n'; }
class Both implements JsonSerializable { function jsonSerialize(): mixed { return ['json']; } function __toString(): string { return 'never used'; } }
enum Suit: string { case Hearts = 'H'; }
foreach ([
    null, true, false, 0, -5, PHP_INT_MAX, PHP_INT_MIN, 1.5, 1.0, -0.0, 1e100, 0.1,
    [], [1, 2], ['a' => 1], [1 => 'x'], ['/', 'é', "\u{2028}", '<>&\'"'], [[[]]], ["a\nb"],
    new stdClass(), new Point(), new Money(), new Named(), new Both(), Suit::Hearts, new ArrayObject([1]), new ArrayIterator([1]), SseStopReason::Closed,
] as $value) {
    observe(fn () => $sse->send($value));
}
?>
--EXPECT--
wrote "data: null\n\n", returned true
wrote "data: true\n\n", returned true
wrote "data: false\n\n", returned true
wrote "data: 0\n\n", returned true
wrote "data: -5\n\n", returned true
wrote "data: 9223372036854775807\n\n", returned true
wrote "data: -9223372036854775808\n\n", returned true
wrote "data: 1.5\n\n", returned true
wrote "data: 1\n\n", returned true
wrote "data: -0\n\n", returned true
wrote "data: 1.0e+100\n\n", returned true
wrote "data: 0.1\n\n", returned true
wrote "data: []\n\n", returned true
wrote "data: [1,2]\n\n", returned true
wrote "data: {\"a\":1}\n\n", returned true
wrote "data: {\"1\":\"x\"}\n\n", returned true
wrote "data: [\"/\",\"é\",\"\\u2028\",\"<>&'\\\"\"]\n\n", returned true
wrote "data: [[[]]]\n\n", returned true
wrote "data: [\"a\\nb\"]\n\n", returned true
wrote "data: {}\n\n", returned true
wrote "data: {\"x\":1}\n\n", returned true
wrote "data: {\"amount\":5}\n\n", returned true
wrote "data: {\"name\":\"n\"}\n\n", returned true
wrote "data: [\"json\"]\n\n", returned true
wrote "data: \"H\"\n\n", returned true
wrote "data: {\"0\":1}\n\n", returned true
wrote "data: {\"0\":1}\n\n", returned true
wrote "data: \"closed\"\n\n", returned true
