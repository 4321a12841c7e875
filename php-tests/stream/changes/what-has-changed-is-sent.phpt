--TEST--
A state is sent whole at first, then what has changed, and nothing if nothing has
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
observe(fn () => $sse->sendChanges(['open' => 17, 'orders' => ['7' => 'paid', '8' => 'new']]));
observe(fn () => $sse->sendChanges(['open' => 17, 'orders' => ['7' => 'paid', '8' => 'new']]));
observe(fn () => $sse->sendChanges(['orders' => ['8' => 'new', '7' => 'paid'], 'open' => 17]));
observe(fn () => $sse->sendChanges(['open' => 18, 'orders' => ['7' => 'paid', '9' => 'new']]));
observe(fn () => $sse->sendChanges((object) ['open' => 18]));
observe(fn () => $sse->sendChanges([]));
observe(fn () => $sse->sendChanges(new stdClass()));
observe(fn () => $sse->sendChanges(['list' => [1, 2], 'other' => [3]]));
observe(fn () => $sse->sendChanges(['list' => [1, 2, 4], 'other' => [3]]));
observe(fn () => $sse->sendChanges(['list' => [1 => 2], 'other' => [3]]));
foreach ([[1], [1, 2], 5, 5, 5.0, '5', '5', true, null, null] as $state) {
    observe(fn () => $sse->sendChanges($state));
}
observe(fn () => $sse->send(['n' => 1], 'state'));
observe(fn () => $sse->sendChanges(['n' => 1]));
$sse->close();
observe(fn () => $sse->sendChanges(['n' => 2]));
$sse = started();
observe(fn () => $sse->sendChanges(['n' => 1]));
?>
--EXPECT--
wrote "event: state\ndata: {\"open\":17,\"orders\":{\"7\":\"paid\",\"8\":\"new\"}}\n\n", returned true
returned true
returned true
wrote "event: patch\ndata: {\"open\":18,\"orders\":{\"9\":\"new\",\"8\":null}}\n\n", returned true
wrote "event: patch\ndata: {\"orders\":null}\n\n", returned true
wrote "event: patch\ndata: []\n\n", returned true
wrote "event: patch\ndata: {}\n\n", returned true
wrote "event: patch\ndata: {\"list\":[1,2],\"other\":[3]}\n\n", returned true
wrote "event: patch\ndata: {\"list\":[1,2,4]}\n\n", returned true
wrote "event: patch\ndata: {\"list\":{\"1\":2}}\n\n", returned true
wrote "event: patch\ndata: [1]\n\n", returned true
wrote "event: patch\ndata: [1,2]\n\n", returned true
wrote "event: patch\ndata: 5\n\n", returned true
returned true
returned true
wrote "event: patch\ndata: \"5\"\n\n", returned true
returned true
wrote "event: patch\ndata: true\n\n", returned true
wrote "event: patch\ndata: null\n\n", returned true
returned true
wrote "event: state\ndata: {\"n\":1}\n\n", returned true
wrote "event: patch\ndata: {\"n\":1}\n\n", returned true
returned false
wrote "event: state\ndata: {\"n\":1}\n\n", returned true
