--TEST--
Cookies and repeated headers of the script are kept
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request('<?php setcookie("a", "1"); setcookie("b", "2"); header("Link: <a>"); header("Link: <b>", false); Sse::start(headers: ["X-Own" => "1"]);')->showHeaders('Set-Cookie', 'Link', 'X-Own');
?>
--EXPECT--
Set-Cookie: a=1 | Set-Cookie: b=2 | Link: <a> | Link: <b> | X-Own: 1
