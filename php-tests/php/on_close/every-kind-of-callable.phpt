--TEST--
Every kind of callable can be a callback
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

class Callbacks
{
    public function method(SseStopReason $reason): void { echo "[method $reason->name]"; }
    public static function fixed(SseStopReason $reason): void { echo "[static $reason->name]"; }
    public function __invoke(SseStopReason $reason): void { echo "[invoked $reason->name]"; }
    public function __call(string $name, array $arguments): void { echo "[$name {$arguments[0]->name}]"; }
    public static function __callStatic(string $name, array $arguments): void { echo "[::$name {$arguments[0]->name}]"; }
    private function secret(SseStopReason $reason): void { echo "[private $reason->name]"; }
    protected static function guarded(SseStopReason $reason): void { echo "[protected $reason->name]"; }
    public function registerOwn(Sse $sse): void { $sse->onClose([$this, 'secret'])->onClose([self::class, 'guarded'])->onClose($this->secret(...)); }
}
function named(SseStopReason $reason): void { echo "[function $reason->name]"; }
$sse = started();
$sse->onClose('named')->onClose(named(...))->onClose('Callbacks::fixed')->onClose(['Callbacks', 'fixed']);
$sse->onClose([new Callbacks(), 'method'])->onClose(new Callbacks())->onClose((new Callbacks())->method(...));
$sse->onClose([new Callbacks(), 'magic'])->onClose(['Callbacks', 'magic'])->onClose((new Callbacks())->magic(...));
$sse->onClose(static fn (...$reasons) => print('[' . count($reasons) . ']'))->onClose(function () { echo '[no parameter]'; });
(new Callbacks())->registerOwn($sse);
observe(fn () => $sse->close());
?>
--EXPECT--
wrote "[function Closed][function Closed][static Closed][static Closed][method Closed][invoked Closed][method Closed][magic Closed][::magic Closed][magic Closed][1][no parameter][private Closed][protected Closed][private Closed]", returned null
