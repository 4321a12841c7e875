--TEST--
After a fork the stream stays with the parent; the child's is closed
--EXTENSIONS--
pcntl
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

command(<<<'PHP'
    <?php
    $sse = Sse::start(heartbeat: 60);
    $sse->onClose(fn ($reason) => print("data: closed by " . (getmypid() === $GLOBALS['parent'] ? 'the parent' : 'the child') . "\n\n"));
    $parent = getmypid();
    $child = pcntl_fork();
    if ($child === 0) {
        exit(json_encode([$sse->isOpen(), $sse->send('from the child')]) . "\n");
    }
    pcntl_waitpid($child, $status);
    $sse->send('from the parent');
    PHP);
?>
--EXPECT--
":\ndata: closed by the child\n\n[false,false]\ndata: from the parent\n\ndata: closed by the parent\n\n"
