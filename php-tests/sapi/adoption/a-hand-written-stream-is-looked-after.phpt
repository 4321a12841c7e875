--TEST--
With sse.adopt=1 a hand-written stream gets what keeps proxies from buffering, and not a byte is changed
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$loop = <<<'PHP'
    <?php
    header('Content-Type: text/event-stream');
    header('Cache-Control: no-cache');
    for ($i = 1; $i <= 3; $i++) {
        echo "id: $i\ndata: tick\n\n";
        flush();
    }
    PHP;
request($loop)->show();
request($loop, [], ['sse.adopt' => '1'])->show();
request(str_replace('no-cache', 'no-transform, private', $loop), [], ['sse.adopt' => '1'])->show();
request(str_replace("<?php\n", "<?php header('X-Accel-Buffering: yes');\n", $loop), [], ['sse.adopt' => '1'])->show();
?>
--EXPECT--
200 OK
Content-type: text/event-stream;charset=UTF-8
Cache-Control: no-cache
"id: 1\ndata: tick\n\nid: 2\ndata: tick\n\nid: 3\ndata: tick\n\n"
200 OK
Content-type: text/event-stream;charset=UTF-8
X-Accel-Buffering: no
Incremental: ?1
Cache-Control: no-cache, no-transform
"id: 1\ndata: tick\n\nid: 2\ndata: tick\n\nid: 3\ndata: tick\n\n"
200 OK
Content-type: text/event-stream;charset=UTF-8
Cache-Control: no-transform, private
X-Accel-Buffering: no
Incremental: ?1
"id: 1\ndata: tick\n\nid: 2\ndata: tick\n\nid: 3\ndata: tick\n\n"
200 OK
X-Accel-Buffering: yes
Content-type: text/event-stream;charset=UTF-8
Incremental: ?1
Cache-Control: no-cache, no-transform
"id: 1\ndata: tick\n\nid: 2\ndata: tick\n\nid: 3\ndata: tick\n\n"
