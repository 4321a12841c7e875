--TEST--
Without a hub publish() says what to do, status() that there is none
--FILE--
<?php
require __DIR__ . '/../support/hub.inc';

$show = <<<'PHP'
    echo str_replace(dirname(ini_get('sse.hub_socket')), '...', in_words([
        Sse::status(), (function () { try { return Sse::publish('a', 'x'); } catch (SseException $e) { return $e->getMessage(); } })(),
        Sse::doctor()['hub'],
    ])), "\n";
    PHP;
(new Hub(['sse.hub_spawn' => '0']))->command($show);
(new Hub(['sse.hub_path' => '/nowhere/sse-hub']))->command($show . $show);
(new Hub(['sse.hub_path' => '/bin/false']))->command($show);
Hub::started()->command('echo str_replace(ini_get("sse.hub_socket"), "...", Sse::doctor()["hub"]);');
?>
--EXPECT--
"[{\"running\":false},\"Sse::publish(): there is no hub: .../hub.sock: the hub cannot be reached: No such file or directory (os error 2); start one (sse-hub serve), or let the extension do it (sse.hub_spawn=1)\",\"none at .../hub.sock, and none will be started (sse.hub_spawn=0)\"]\n"
"[{\"running\":false},\"Sse::publish(): there is no hub: /nowhere/sse-hub cannot be started: No such file or directory (os error 2)\",\"none at .../hub.sock; one is started when it is needed (sse.hub_spawn)\"]\n[{\"running\":false},\"Sse::publish(): there is no hub: it did not start a moment ago, and is not started again yet: /nowhere/sse-hub cannot be started: No such file or directory (os error 2)\",\"none at .../hub.sock; one is started when it is needed (sse.hub_spawn)\"]\n"
"[{\"running\":false},\"Sse::publish(): there is no hub: it did not start: /bin/false: exit status: 1\",\"none at .../hub.sock; one is started when it is needed (sse.hub_spawn)\"]\n"
"listens at ..."
