--TEST--
An SseEvent may be a default value, a constant or an attribute's argument
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

const GREETING = new SseEvent('hello', 'greeting');
function event(SseEvent $event = new SseEvent('x', id: 1)): SseEvent { return $event; }
final class Defaults { public function __construct(public readonly SseEvent $event = new SseEvent('y')) {} }
#[Attribute]
final class Example { public function __construct(public readonly SseEvent $event) {} }
#[Example(new SseEvent('z'))]
function described() {}
show(Sse::encode(GREETING));
show(event());
show((new Defaults())->event);
show((new ReflectionFunction('described'))->getAttributes()[0]->newInstance()->event);
?>
--EXPECT--
"event: greeting\ndata: hello\n\n"
"id: 1\ndata: x\n\n"
"data: y\n\n"
"data: z\n\n"
