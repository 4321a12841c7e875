--TEST--
In strict mode, values are taken, deprecated and refused as by PHP's own functions
--FILE--
<?php
declare(strict_types=1);

require __DIR__ . '/../../support/observe.inc';
require __DIR__ . '/../../support/coercion.inc';

$closed = started();
$closed->close();
compare([
    'int' => [fn ($value) => new SseParser($value), fn ($value) => intdiv($value, 1)],
    '?int' => [fn ($value) => Sse::encode('x', null, null, $value), fn ($value) => array_slice([], 0, $value)],
    'float' => [fn ($value) => Sse::stream([], $value), fn ($value) => fdiv($value, 1.0)],
    'bool' => [fn ($value) => $closed->subscribe('t', null, $value), fn ($value) => var_export(1, $value)],
    'string' => [fn ($value) => (new SseParser())->feed($value), fn ($value) => strrev($value)],
    '?string' => [fn ($value) => Sse::encode('x', $value), fn ($value) => number_format(1.0, 0, $value)],
    'string|int' => [fn ($value) => Sse::encode('x', null, $value), fn ($value) => chown(__DIR__ . '/none', $value)],
]);
?>
--EXPECT--
int: 30 values
?int: 30 values
float: 30 values
bool: 30 values
string: 30 values
?string: 30 values
string|int: 29 values
