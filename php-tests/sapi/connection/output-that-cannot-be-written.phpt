--TEST--
Output that cannot be written is a client that is gone
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

command('<?php fclose(STDOUT); foreach ([null, 0.01] as $heartbeat) { $sse = Sse::start(heartbeat: $heartbeat); usleep(20_000); file_put_contents("php://stderr", json_encode([$sse->send("x"), $sse->isOpen(), $sse->stopReason(), $sse->wait(60)]) . "\n"); }');
$script = tempnam(sys_get_temp_dir(), 'sse-script-');
file_put_contents($script, '<?php $sse = Sse::start(); file_put_contents("php://stderr", json_encode([$sse->send("x"), $sse->isOpen(), $sse->stopReason()]));');
passthru(getenv('TEST_PHP_EXECUTABLE') . ' ' . getenv('TEST_PHP_EXTRA_ARGS') . " $script 2>&1 >/dev/full");
unlink($script);
?>
--EXPECT--
""
exit status: 255
standard error: "[false,false,\"client_gone\",false]\n[false,false,\"client_gone\",false]\n"
[false,false,"client_gone"]
