--TEST--
With a heartbeat asked for, comments are sent also while PHP is blocked
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

function beats(string $script, string $pattern): void
{
    $process = new Process($script, []);
    $written = $process->output();
    echo preg_match($pattern, $written) ? 'as expected' : quoted($written), "\n";
    $process->end();
}
beats('<?php $sse = Sse::start(heartbeat: 0.1); usleep(450_000); $sse->send("x");', '/^:\n(:\n){2,4}data: x\n\n$/D');
beats('<?php $sse = Sse::start(heartbeat: 0.1); for ($start = hrtime(true); hrtime(true) - $start < 450e6;);', '/^:\n(:\n){2,4}event\n$/D');
command('<?php $sse = Sse::start(heartbeat: 0.1); echo "data: half a li"; flush(); usleep(350_000); echo "ne\n\n"; $sse->close("bye"); usleep(350_000); echo "no heartbeat after the close";');
?>
--EXPECT--
as expected
as expected
":\ndata: half a line\n\ndata: bye\n\nno heartbeat after the close"
