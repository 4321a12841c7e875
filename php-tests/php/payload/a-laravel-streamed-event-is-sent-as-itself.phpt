--TEST--
Laravel's StreamedEvent is the event it is, and arguments win over its fields
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

require __DIR__ . '/../../support/frameworks.inc';

use Illuminate\Http\StreamedEvent;

class OwnEvent extends StreamedEvent {}
$sse = started();
observe(fn () => $sse->send(new StreamedEvent('update', 'x')));
observe(fn () => $sse->send(new StreamedEvent('update', ['a' => 1])));
observe(fn () => $sse->send(new OwnEvent('update', null)));
observe(fn () => $sse->send(new StreamedEvent('update', 'x'), 'other', 7, 9));
observe(fn () => $sse->send(new StreamedEvent("a\nb", 'x')));
observe(fn () => $sse->send(new StreamedEvent('update', INF)));
observe(fn () => $sse->send(new StreamedEvent('update', fn () => 1)));
observe(fn () => $sse->sendMany([new StreamedEvent('update', 'x'), 'y']));
observe(fn () => Sse::encode(new StreamedEvent('update', 'x')));
$sse->close();
observe(fn () => Sse::stream([new StreamedEvent('update', 'x'), 'y'], event: 'default'));
?>
--EXPECT--
wrote "event: update\ndata: x\n\n", returned true
wrote "event: update\ndata: {\"a\":1}\n\n", returned true
wrote "event: update\ndata: null\n\n", returned true
wrote "id: 7\nevent: other\nretry: 9\ndata: x\n\n", returned true
threw ValueError: Sse::send(): Argument #1 ($data): its event type must not contain line breaks
threw JsonException: Inf and NaN cannot be JSON encoded
threw TypeError: Sse::send(): Argument #1 ($data) must be data that has a JSON form, Closure given
wrote "event: update\ndata: x\n\ndata: y\n\n", returned true
returned "event: update\ndata: x\n\n"
wrote ":\nevent: update\ndata: x\n\nevent: default\ndata: y\n\n", returned true
