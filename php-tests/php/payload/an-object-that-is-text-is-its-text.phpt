--TEST--
An object with a __toString() that is not JsonSerializable is its text
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../../support/observe.inc';

class Html
{
    public $visible = 1;
    public function __construct(private string $html) {}
    public function __toString(): string { return $this->html; }
}
class Page extends Html {}
class Broken { public function __toString(): string { throw new DomainException('mine'); } }
class Leaving { public function __toString(): string { exit("left\n"); } }
class Id implements JsonSerializable
{
    public function jsonSerialize(): mixed { return ['id' => 7]; }
    public function __toString(): string { return 'never used'; }
}

$sse = started();
$html = new Html("<b>\nü</b>");
observe(fn () => $sse->send($html));
observe(fn () => $sse->send(new Page('')));
observe(fn () => $sse->send(new Id));
observe(fn () => $sse->send([$html, new Id]));
observe(fn () => $sse->sendMany([$html, new Page('page')]));
observe(fn () => Sse::encode($html, 'html'));
observe(fn () => $sse->send(new SseEvent($html, 'html')));
observe(fn () => (string) new SseEvent(new Page('page'), id: '1'));
observe(fn () => (new SseEvent($html))->data === $html);
observe(fn () => $sse->send(new DateTimeImmutable('2000-01-01 UTC')));
observe(fn () => $sse->send(new Broken));
observe(fn () => $sse->sendMany([$html, new Broken]));
observe(fn () => (string) new SseEvent(new Broken));
observe(fn () => $sse->close(new Page('bye')));
ob_start();
Sse::stream((function () { yield new Page('yielded'); })());
show(ob_get_clean());
Sse::encode(new Leaving);
?>
--EXPECT--
wrote "data: <b>\ndata: ü</b>\n\n", returned true
wrote "data: \n\n", returned true
wrote "data: {\"id\":7}\n\n", returned true
wrote "data: [{\"visible\":1},{\"id\":7}]\n\n", returned true
wrote "data: <b>\ndata: ü</b>\n\ndata: page\n\n", returned true
returned "event: html\ndata: <b>\ndata: ü</b>\n\n"
wrote "event: html\ndata: <b>\ndata: ü</b>\n\n", returned true
returned "id: 1\ndata: page\n\n"
returned true
wrote "data: {\"date\":\"2000-01-01 00:00:00.000000\",\"timezone_type\":3,\"timezone\":\"UTC\"}\n\n", returned true
threw DomainException: mine
threw DomainException: mine
threw DomainException: mine
wrote "data: bye\n\n", returned null
":\ndata: yielded\n\n"
left
