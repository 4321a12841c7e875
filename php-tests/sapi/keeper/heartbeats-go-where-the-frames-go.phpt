--TEST--
Where ob_start() captures a stream, no heartbeat of the thread goes past it
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

command('<?php ob_start(); $sse = Sse::start(heartbeat: 0.02); usleep(100_000); $sse->send("x"); $captured = ob_get_clean(); $sse->close(); echo json_encode($captured);');
command('<?php $sse = Sse::start(heartbeat: 0.02); ob_start(); $sse->send("x"); usleep(1000); ob_end_clean(); $sse->close(); echo "captured";');
?>
--EXPECT--
"\":\\ndata: x\\n\\n\""
":\nevent\ncaptured"
