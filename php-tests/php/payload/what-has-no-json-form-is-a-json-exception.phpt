--TEST--
Data without a JSON form is a JsonException, and nothing is sent
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
enum Plain { case A; }
class Throwing implements JsonSerializable { function jsonSerialize(): mixed { throw new LogicException('thrown in jsonSerialize'); } }
class Wrapping implements JsonSerializable { function jsonSerialize(): mixed { return [INF]; } }
$recursive = [];
$recursive['self'] = &$recursive;
$loop = new stdClass();
$loop->self = $loop;
$deep = 1;
for ($depth = 0; $depth <= 512; $depth++) {
    $deep = [$deep];
}
foreach ([INF, -INF, NAN, [NAN], ["\xff"], ["\xff" => 1], $recursive, $loop, $deep, Plain::A, [fopen('php://memory', 'r')], new Wrapping(), new Throwing(), [1, [new Throwing()]]] as $value) {
    observe(fn () => $sse->send($value));
    observe(fn () => Sse::encode($value));
}
observe(fn () => $sse->sendMany([1, INF, 2]));
observe(fn () => $sse->close(INF));
observe(fn () => $sse->send(new SseEvent(INF)));
observe(fn () => (string) new SseEvent(INF));
observe(fn () => $sse->send($deep[0]));
?>
--EXPECT--
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
threw JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
threw JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
threw JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
threw JsonException: Recursion detected
threw JsonException: Recursion detected
threw JsonException: Recursion detected
threw JsonException: Recursion detected
threw JsonException: Maximum stack depth exceeded
threw JsonException: Maximum stack depth exceeded
threw JsonException: Non-backed enums have no default serialization
threw JsonException: Non-backed enums have no default serialization
threw JsonException: Type is not supported
threw JsonException: Type is not supported
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Inf and NaN cannot be JSON encoded
threw LogicException: thrown in jsonSerialize
threw LogicException: thrown in jsonSerialize
threw LogicException: thrown in jsonSerialize
threw LogicException: thrown in jsonSerialize
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Inf and NaN cannot be JSON encoded
wrote "data: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n\n", returned true
