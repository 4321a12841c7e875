--TEST--
A hub with another Redis, at a socket that is named, is never taken for none: who asks again is told the same
--FILE--
<?php
require __DIR__ . '/../support/hub.inc';

$hub = Hub::started();
command(<<<'PHP'
    <?php
    $brief = fn (string $said) => preg_replace('~ at \S+(?= has)| no Redis\K, and.*~', '', strtr($said, [dirname(ini_get('sse.hub_socket')) => '...']));
    for ($times = 0; $times < 2; $times++) {
        try {
            Sse::publish('a', 'x');
        } catch (SseException $e) {
            echo $brief($e->getMessage()), "\n";
        }
        echo $brief(Sse::doctor()['hub']), "\n";
    }
    PHP, ['sse.hub_socket' => "$hub->directory/hub.sock", 'sse.hub_redis' => 'redis://localhost']);
?>
--EXPECT--
"Sse::publish(): the hub cannot be used: the hub has no Redis\nat .../hub.sock: the hub cannot be used: the hub has no Redis\nSse::publish(): the hub cannot be used: the hub has no Redis\nat .../hub.sock: the hub cannot be used: the hub has no Redis\n"
