--TEST--
Headers that the script has set itself win, whatever their case
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request(<<<'PHP'
    <?php
    header('cache-control: private');
    header('X-Accel-Buffering: yes');
    header('CONNECTION: close');
    header('X-Own: 1');
    Sse::start();
    PHP)->show();
?>
--EXPECT--
200 OK
X-Accel-Buffering: yes
CONNECTION: close
X-Own: 1
Content-Type: text/event-stream;charset=UTF-8
Incremental: ?1
Cache-Control: private, no-transform
":\nevent\n"
