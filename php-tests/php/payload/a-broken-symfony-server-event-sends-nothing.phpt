--TEST--
What is wrong with a ServerEvent surfaces, and nothing is sent
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

require __DIR__ . '/../../support/frameworks.inc';

use Symfony\Component\HttpFoundation\ServerEvent;

class Throwing extends ServerEvent { function getComment(): ?string { throw new LogicException('thrown in getComment'); } }
class Text { static $calls = 0; function __toString(): string { throw new LogicException('thrown in __toString ' . ++self::$calls); } }
function interrupted() { yield 'a'; throw new LogicException('thrown in a generator'); }
$sse = started();
observe(fn () => $sse->send(new ServerEvent('x', "a\nb")));
observe(fn () => $sse->send(new ServerEvent('x', null, -5)));
observe(fn () => $sse->send(new ServerEvent('x', null, null, "a\0b")));
observe(fn () => $sse->send(new ServerEvent("\xff", comment: "\xff")));
observe(fn () => $sse->send(new Throwing('x')));
observe(fn () => $sse->send(new ServerEvent(interrupted())));
observe(fn () => $sse->send(new ServerEvent([[]])));
observe(fn () => $sse->send(new ServerEvent([fn () => 1])));
observe(fn () => $sse->send(new ServerEvent([new Text(), new Text()])));
observe(fn () => $sse->sendMany(['a', new ServerEvent('x', "a\nb")]));
observe(fn () => $sse->send('still open'));
?>
--EXPECTF--
threw ValueError: Sse::send(): Argument #1 ($data): its event type must not contain line breaks
threw ValueError: Sse::send(): Argument #1 ($data): its retry must be greater than or equal to 0
threw ValueError: Sse::send(): Argument #1 ($data): its id must not contain any null bytes
wrote ": �\ndata: �\n\n", returned true
threw LogicException: thrown in getComment
threw LogicException: thrown in a generator
threw TypeError: Sse::send(): Argument #1 ($data)%s array given
threw TypeError: Sse::send(): Argument #1 ($data)%s Closure given
threw LogicException: thrown in __toString 1
threw ValueError: Sse::sendMany(): Argument #1 ($events): its event type must not contain line breaks
wrote "data: still open\n\n", returned true
