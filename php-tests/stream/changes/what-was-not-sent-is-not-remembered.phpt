--TEST--
What could not be sent is not compared with: nothing was sent of it
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

class Throwing implements JsonSerializable { function jsonSerialize(): mixed { throw new LogicException('thrown in jsonSerialize'); } }
class Sending implements JsonSerializable { function jsonSerialize(): mixed { Sse::current()->sendChanges(['n' => 2, 'of' => 'within']); return 3; } }
$sse = started();
observe(fn () => $sse->sendChanges(['n' => INF]));
observe(fn () => $sse->sendChanges(['n' => 1]));
foreach ([INF, NAN, ["\xff"], "\xff", ['n' => [fopen('php://memory', 'r')]], new Throwing(), ['n' => 2, 'x' => new Throwing()]] as $state) {
    observe(fn () => $sse->sendChanges($state));
}
observe(fn () => $sse->sendChanges(['n' => 2], 'state'));
observe(fn () => $sse->sendChanges(['n' => 2]));
observe(fn () => $sse->sendChanges(['n' => new Sending()]));
observe(fn () => $sse->sendChanges(['n' => 4]));
$sse->close();
observe(fn () => $sse->sendChanges(['n' => INF]));
?>
--EXPECT--
threw JsonException: Inf and NaN cannot be JSON encoded
wrote "event: state\ndata: {\"n\":1}\n\n", returned true
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
threw JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
threw JsonException: Type is not supported
threw LogicException: thrown in jsonSerialize
threw LogicException: thrown in jsonSerialize
threw ValueError: Sse::sendChanges(): Argument #2 ($event) must not be "state", the event type of whole states
wrote "event: patch\ndata: {\"n\":2}\n\n", returned true
wrote "event: patch\ndata: {\"of\":\"within\"}\n\nevent: patch\ndata: {\"n\":3,\"of\":null}\n\n", returned true
wrote "event: patch\ndata: {\"n\":4}\n\n", returned true
threw JsonException: Inf and NaN cannot be JSON encoded
