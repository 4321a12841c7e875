--TEST--
stop() answers 204, so that the client does not come back
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request('<?php ob_start(); echo "early"; Sse::stop(); echo "late"; file_put_contents("php://stderr", json_encode([Sse::current(), ob_get_level()]));')->show();
request('<?php header("X-Own: 1"); header("Content-Length: 5"); Sse::stop();')->show();
?>
--EXPECT--
standard error: "[null,0]"
204 No Content
""
204 No Content
X-Own: 1
""
