--TEST--
What is echoed, printed or passed through stands in order with what is sent
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
observe(function () use ($sse) {
    $sse->send(1);
    echo "data: 2\n\n";
    $sse->send(3);
    print "data: 4\n\n";
    printf("data: %d\n\n", 5);
    $sse->send(6);
    $memory = fopen('php://memory', 'w+');
    fwrite($memory, "data: 7\n\n");
    rewind($memory);
    fpassthru($memory);
    $sse->send(8);
    file_put_contents('php://output', "data: 9\n\n");
    $sse->send(10);
    ?>data: 11

<?php
    $sse->send(12);
});
?>
--EXPECT--
wrote "data: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\ndata: 5\n\ndata: 6\n\ndata: 7\n\ndata: 8\n\ndata: 9\n\ndata: 10\n\ndata: 11\n\ndata: 12\n\n", returned null
