--TEST--
Headers of the argument win over the extension's and over those set before
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request(<<<'PHP'
    <?php
    header('X-Own: before');
    Sse::start(headers: ['X-Own' => 'a', 'cache-control' => 'no-cache', 'X-Accel-Buffering' => 'yes', 'X-Number' => 5, 'X-Padded' => '  b  ']);
    PHP)->show();
request('<?php Sse::stream([], headers: ["X-Own" => "a"]);')->show();
?>
--EXPECT--
200 OK
X-Own: a
X-Accel-Buffering: yes
X-Number: 5
X-Padded: b
Content-Type: text/event-stream;charset=UTF-8
Incremental: ?1
Cache-Control: no-cache, no-transform
Connection: keep-alive
":\nevent\n"
200 OK
X-Own: a
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\nevent\n"
