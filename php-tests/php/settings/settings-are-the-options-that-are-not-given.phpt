--TEST--
Settings stand in for the options that a script does not give
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$settings = ['sse.heartbeat' => '0.2', 'sse.retry' => '1500', 'sse.max_lifetime' => '3600'];
var_dump(preg_match('/^:\nretry: 1500\n(:\n){2,3}retry: 1500\n$/D', request('<?php Sse::start()->wait(0.7);', [], $settings)->body));
show(request('<?php Sse::start(heartbeat: 0, retry: 0)->wait(0.15);', [], $settings)->body);
show(request('<?php Sse::start(heartbeat: 3600, retry: 7)->wait(0.15);', [], $settings)->body);
show(request('<?php $sse = Sse::start(); while ($sse->wait(1)); $sse->close();', [], ['sse.max_lifetime' => '0.05'])->body);
show(request('<?php ini_set("sse.retry", "9"); Sse::start();', [], $settings)->body);
?>
--EXPECT--
int(1)
":\nevent\n"
":\nretry: 7\n"
":\nevent\n"
":\nretry: 9\n"
