--TEST--
An OPTIONS request is answered with 204, and the script ends
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$script = <<<'PHP'
    <?php
    register_shutdown_function(fn () => file_put_contents('php://stderr', '[shutdown]'));
    ob_start();
    echo 'early';
    header('Content-Type: text/plain');
    try {
        Sse::start(allowOrigin: 'https://a.example');
    } finally {
        file_put_contents('php://stderr', '[never]');
    }
    PHP;
$preflight = ['REQUEST_METHOD' => 'OPTIONS', 'HTTP_ACCESS_CONTROL_REQUEST_METHOD' => 'GET'];
request($script, $preflight + ['HTTP_ORIGIN' => 'https://a.example'])->show();
request($script, $preflight + ['HTTP_ORIGIN' => 'https://a.example', 'HTTP_ACCESS_CONTROL_REQUEST_HEADERS' => 'last-event-id, authorization, not a token'])->show();
request($script, $preflight + ['HTTP_ORIGIN' => 'https://evil.example'])->show();
request($script, ['REQUEST_METHOD' => 'OPTIONS'])->show();
request('<?php Sse::stream(["x"], allowOrigin: "*");', $preflight + ['HTTP_ORIGIN' => 'https://a.example'])->show();
?>
--EXPECT--
standard error: "[shutdown]"
204 No Content
Allow: GET, HEAD, POST, OPTIONS
Vary: Origin
Access-Control-Allow-Origin: https://a.example
Access-Control-Allow-Credentials: true
Access-Control-Allow-Methods: GET, HEAD, POST
Access-Control-Allow-Headers: Last-Event-ID
Access-Control-Max-Age: 600
""
standard error: "[shutdown]"
204 No Content
Allow: GET, HEAD, POST, OPTIONS
Vary: Origin
Access-Control-Allow-Origin: https://a.example
Access-Control-Allow-Credentials: true
Access-Control-Allow-Methods: GET, HEAD, POST
Access-Control-Allow-Headers: Last-Event-ID, authorization
Access-Control-Max-Age: 600
""
standard error: "[shutdown]"
204 No Content
Allow: GET, HEAD, POST, OPTIONS
Vary: Origin
""
standard error: "[shutdown]"
204 No Content
Allow: GET, HEAD, POST, OPTIONS
Vary: Origin
""
204 No Content
Allow: GET, HEAD, POST, OPTIONS
Access-Control-Allow-Origin: *
Access-Control-Allow-Methods: GET, HEAD, POST
Access-Control-Allow-Headers: Last-Event-ID
Access-Control-Max-Age: 600
""
