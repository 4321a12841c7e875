--TEST--
Every kind of callable can be a source
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

class Sources
{
    public static function fixed(Sse $sse): string { $sse->comment(__FUNCTION__); $sse->close(); return 'not sent'; }
    public function method(Sse $sse): string { return self::fixed($sse); }
    public function __invoke(Sse $sse): string { return self::fixed($sse); }
    public function __call(string $name, array $arguments): string { return self::fixed(...$arguments); }
    public static function __callStatic(string $name, array $arguments): string { return self::fixed(...$arguments); }
    private function secret(Sse $sse): string { return self::fixed($sse); }
    public function streamOwn(): bool { return Sse::stream([$this, 'secret']); }
}
function named(Sse $sse): string { return Sources::fixed($sse); }
foreach ([
    'named', named(...), 'Sources::fixed', ['Sources', 'fixed'], Sources::fixed(...), [new Sources(), 'method'], (new Sources())->method(...),
    new Sources(), [new Sources(), 'magic'], (new Sources())->magic(...), ['Sources', 'magic'], 'Sources::magic', Closure::fromCallable('named'),
    fn (Sse $sse) => Sources::fixed($sse), static fn (...$arguments) => Sources::fixed(...$arguments), fn ($sse, $more = 5) => Sources::fixed($sse),
] as $source) {
    observe(fn () => Sse::stream($source));
}
observe(fn () => (new Sources())->streamOwn());
?>
--EXPECT--
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
wrote ":\n: fixed\nevent\n", returned true
