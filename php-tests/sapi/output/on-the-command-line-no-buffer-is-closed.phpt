--TEST--
On the command line no output buffer is closed, nor any header set
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

command(<<<'PHP'
    <?php
    function state(): array
    {
        $buffers = array_map(fn ($buffer) => [$buffer['name'], $buffer['level']], ob_get_status(true));

        return [$buffers, headers_list(), http_response_code(), ini_get('max_execution_time'), ignore_user_abort()];
    }
    ini_set('max_execution_time', '77');
    ob_start();
    ob_start(null, 0, 0);
    $before = state();
    $sse = Sse::start(headers: ['X-A' => 'b']);
    $sse->send('x');
    $during = state();
    $sse->close();
    echo $before === $during && $during === state() ? 'nothing changed' : 'changed';
    PHP);
?>
--EXPECT--
":\ndata: x\n\nnothing changed"
