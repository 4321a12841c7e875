--TEST--
JSON follows serialize_precision, and leaves json_last_error() alone
--INI--
serialize_precision=5
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => Sse::encode(1 / 3));
ini_set('serialize_precision', '-1');
observe(fn () => Sse::encode(1 / 3));
json_encode(INF);
observe(fn () => Sse::encode([1]));
observe(fn () => json_last_error_msg());
?>
--EXPECT--
returned "data: 0.33333\n\n"
returned "data: 0.3333333333333333\n\n"
returned "data: [1]\n\n"
returned "Inf and NaN cannot be JSON encoded"
