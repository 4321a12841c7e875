--TEST--
sse.allow_origin is the list for scripts that give none
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$settings = ['sse.allow_origin' => 'https://a.example https://b.example'];
$variables = ['HTTP_ORIGIN' => 'https://b.example'];
request('<?php Sse::start();', $variables, $settings)->showHeaders('Vary', 'Access-Control-.*');
request('<?php Sse::start(allowOrigin: []);', $variables, $settings)->showHeaders('Vary', 'Access-Control-.*');
request('<?php Sse::start(allowOrigin: "*");', $variables, $settings)->showHeaders('Vary', 'Access-Control-.*');
request('<?php ini_set("sse.allow_origin", "*"); Sse::start();', $variables, $settings)->showHeaders('Vary', 'Access-Control-.*');
?>
--EXPECT--
Vary: Origin | Access-Control-Allow-Origin: https://b.example | Access-Control-Allow-Credentials: true
no such header
Access-Control-Allow-Origin: *
Access-Control-Allow-Origin: *
