--TEST--
Vary of the script stays beside ours; its own Allow-Origin gets no credentials of ours
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$variables = ['HTTP_ORIGIN' => 'https://a.example'];
request('<?php header("Vary: Accept"); Sse::start(allowOrigin: "https://a.example");', $variables)->showHeaders('Vary', 'Access-Control-.*');
request('<?php header("Access-Control-Allow-Origin: *"); Sse::start(allowOrigin: "https://a.example");', $variables)->showHeaders('Access-Control-.*');
request('<?php Sse::start(allowOrigin: "https://a.example", headers: ["Access-Control-Allow-Origin" => "*"]);', $variables)->showHeaders('Access-Control-.*');
?>
--EXPECT--
Vary: Accept, Origin | Access-Control-Allow-Origin: https://a.example | Access-Control-Allow-Credentials: true
Access-Control-Allow-Origin: *
Access-Control-Allow-Origin: *
