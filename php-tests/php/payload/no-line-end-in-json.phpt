--TEST--
JSON holds no character that some client takes for a line end
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
$text = "a\u{85}b\u{2028}c\u{2029}\u{c5}\\\u{85}";
foreach ([[$text], [$text => 1], (object) ['x' => [$text]], new SseEvent([$text])] as $value) {
    observe(fn () => $sse->send($value));
}
observe(fn () => Sse::encode([$text]));
observe(fn () => (string) new SseEvent([$text]));
observe(fn () => json_decode(substr(Sse::encode([$text]), 6), true) === [$text]);
observe(fn () => Sse::encode("a\u{85}b") === "data: a\u{85}b\n\n");
?>
--EXPECT--
wrote "data: [\"a\\u0085b\\u2028c\\u2029Å\\\\\\u0085\"]\n\n", returned true
wrote "data: {\"a\\u0085b\\u2028c\\u2029Å\\\\\\u0085\":1}\n\n", returned true
wrote "data: {\"x\":[\"a\\u0085b\\u2028c\\u2029Å\\\\\\u0085\"]}\n\n", returned true
wrote "data: [\"a\\u0085b\\u2028c\\u2029Å\\\\\\u0085\"]\n\n", returned true
returned "data: [\"a\\u0085b\\u2028c\\u2029Å\\\\\\u0085\"]\n\n"
returned "data: [\"a\\u0085b\\u2028c\\u2029Å\\\\\\u0085\"]\n\n"
returned true
returned true
