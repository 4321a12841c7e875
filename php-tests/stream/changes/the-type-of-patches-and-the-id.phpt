--TEST--
Patches have the event type that is given, or none, and what is sent has the id
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
observe(fn () => $sse->sendChanges(['n' => 1], id: 1));
observe(fn () => $sse->sendChanges(['n' => 1], id: 2));
observe(fn () => $sse->sendChanges(['n' => 2], id: '3'));
observe(fn () => $sse->sendChanges(['n' => 3], 'prices'));
observe(fn () => $sse->sendChanges(['n' => 4], null));
observe(fn () => $sse->sendChanges(['n' => 5], ''));
observe(fn () => $sse->sendChanges(['n' => null], null, 6));
foreach (['state', 'sse:patch', "a\nb", "\xff"] as $event) {
    observe(fn () => $sse->sendChanges(['n' => 7], $event));
}
observe(fn () => $sse->sendChanges(['n' => 7], id: "a\nb"));
observe(fn () => $sse->sendChanges(['n' => 7], []));
observe(fn () => $sse->sendChanges(['n' => 7], id: []));
observe(fn () => $sse->sendChanges());
observe(fn () => $sse->sendChanges(['n' => 8]));
?>
--EXPECT--
wrote "id: 1\nevent: state\ndata: {\"n\":1}\n\n", returned true
returned true
wrote "id: 3\nevent: patch\ndata: {\"n\":2}\n\n", returned true
wrote "event: prices\ndata: {\"n\":3}\n\n", returned true
wrote "data: {\"n\":4}\n\n", returned true
wrote "data: {\"n\":5}\n\n", returned true
wrote "id: 6\nevent: state\ndata: {\"n\":null}\n\n", returned true
threw ValueError: Sse::sendChanges(): Argument #2 ($event) must not be "state", the event type of whole states
threw ValueError: Sse::sendChanges(): Argument #2 ($event) must not begin with "sse:", which is reserved
threw ValueError: Sse::sendChanges(): Argument #2 ($event) must not contain line breaks
threw ValueError: Sse::sendChanges(): Argument #2 ($event) must be valid UTF-8
threw ValueError: Sse::sendChanges(): Argument #3 ($id) must not contain line breaks
threw TypeError: Sse::sendChanges(): Argument #2 ($event) must be of type ?string, array given
threw TypeError: Sse::sendChanges(): Argument #3 ($id) must be of type string|int|null, array given
threw ArgumentCountError: Sse::sendChanges() expects at least 1 argument, 0 given
wrote "event: patch\ndata: {\"n\":8}\n\n", returned true
