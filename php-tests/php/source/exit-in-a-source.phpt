--TEST--
exit() in a source ends the script as always
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$finally = 'try { %s } finally { echo "[never]"; }';
$shutdown = 'register_shutdown_function(fn () => print("[shutdown]")); ';
foreach ([
    'Sse::stream(function (Sse $sse) { $sse->onClose(fn ($reason) => print("[$reason->name]")); exit("bye"); });',
    'Sse::stream((function () { Sse::current()->onClose(fn ($reason) => print("[$reason->name]")); yield "a"; exit(3); })());',
    'Sse::stream(function () { try { yield "a"; exit(3); } finally { echo "[never]"; } });',
    'class It extends ArrayIterator { function next(): void { exit(3); } } Sse::stream(new It(["a", "b"]));',
    'class Json implements JsonSerializable { function jsonSerialize(): mixed { exit(3); } } Sse::stream([new Json()]);',
    'class Text { function __toString(): string { exit(3); } } Sse::stream(["a"], event: new Text());',
] as $script) {
    command("<?php $shutdown" . sprintf(preg_match('/^class/', $script) ? '%s' : $finally, $script));
}
?>
--EXPECT--
":\nbye[shutdown][Closed]"
":\ndata: a\n\n[shutdown][Closed]"
exit status: 3
":\ndata: a\n\n[shutdown]"
exit status: 3
":\ndata: a\n\n[shutdown]"
exit status: 3
":\nevent\n[shutdown]"
exit status: 3
"[shutdown]"
exit status: 3
