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
    http_response_code(203);
    Sse::start();
    PHP)->show();
?>
--EXPECT--
203 Non-Authoritative Information
cache-control: private
X-Accel-Buffering: yes
CONNECTION: close
X-Own: 1
Content-Type: text/event-stream;charset=UTF-8
":\nevent\n"
