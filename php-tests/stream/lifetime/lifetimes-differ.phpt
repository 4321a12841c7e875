--TEST--
Streams that begin together do not end together
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$lifetimes = [];
for ($try = 0; $try < 20; $try++) {
    $sse = started(maxLifetime: 0.02);
    $start = hrtime(true);
    while ($sse->isOpen());
    $lifetimes[] = (int) ((hrtime(true) - $start) / 100_000);
}
echo count(array_unique($lifetimes)) > 5 ? 'they differ' : implode(' ', $lifetimes), "\n";
?>
--EXPECT--
they differ
