--TEST--
With sse.heartbeat_text the first bytes and heartbeats are a comment with a text
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$settings = ['sse.heartbeat_text' => 'keep-alive', 'sse.heartbeat' => '0.1'];
show(request('<?php Sse::start(heartbeat: 0)->send("x");', [], $settings)->body);
show(request('<?php Sse::start(heartbeat: 0)->comment();', [], $settings)->body);
show(request('<?php ini_set("sse.heartbeat_text", "tick"); Sse::start(heartbeat: 0, retry: 5)->send("x");', [], $settings)->body);
// From wait(), and from the thread.
$waiting = request('<?php Sse::start()->wait(0.35);', [], $settings)->body;
$blocked = new Process('<?php Sse::start(heartbeat: 0.1); usleep(350_000);', $settings);
foreach ([$waiting, $blocked->output()] as $body) {
    echo preg_match('/^: keep-alive\n(: keep-alive\n){2,3}event\n$/D', $body) ? 'as expected' : quoted($body), "\n";
}
$blocked->end();
// Through PHP's output, and no thread.
command('<?php ob_start(); $sse = Sse::start(heartbeat: 0.1); $sse->wait(0.15); $sse->send("x"); $sse->wait(0.15); $sse->close();', $settings);
?>
--EXPECT--
": keep-alive\ndata: x\n\n"
": keep-alive\n:\nevent\n"
": tick\nretry: 5\ndata: x\n\n"
as expected
as expected
": keep-alive\n: keep-alive\ndata: x\n\n: keep-alive\nevent\n"
