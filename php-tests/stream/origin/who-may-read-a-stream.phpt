--TEST--
Origins of the list may read with credentials, everybody without, and caches are told
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

function cors(mixed $allowed, ?string $origin): void
{
    $response = request('<?php Sse::start(allowOrigin: ' . var_export($allowed, true) . ');', $origin === null ? [] : ['HTTP_ORIGIN' => $origin]);
    echo json_encode($allowed, JSON_UNESCAPED_SLASHES), ' asked by ', $origin ?? 'nobody', ': ';
    $response->showHeaders('Vary', 'Access-Control-.*');
}
cors(null, 'https://a.example');
cors('', 'https://a.example');
cors([], 'https://a.example');
cors('https://a.example', 'https://a.example');
cors('https://a.example', 'https://b.example');
cors('https://a.example', 'http://a.example');
cors('https://a.example', 'https://a.example:8443');
cors('https://a.example', 'https://a.example.evil.example');
cors('https://a.example', 'null');
cors('https://a.example', null);
cors(['https://a.example', 'http://localhost:3000'], 'http://localhost:3000');
cors('https://a.example, https://b.example', 'https://b.example');
cors('HTTPS://A.Example:443', 'https://a.example');
cors('*', 'https://a.example');
cors('*', null);
cors(['*', 'https://a.example'], 'https://a.example');
cors(['*', 'https://a.example'], 'https://b.example');
?>
--EXPECT--
null asked by https://a.example: no such header
"" asked by https://a.example: no such header
[] asked by https://a.example: no such header
"https://a.example" asked by https://a.example: Vary: Origin | Access-Control-Allow-Origin: https://a.example | Access-Control-Allow-Credentials: true
"https://a.example" asked by https://b.example: Vary: Origin
"https://a.example" asked by http://a.example: Vary: Origin
"https://a.example" asked by https://a.example:8443: Vary: Origin
"https://a.example" asked by https://a.example.evil.example: Vary: Origin
"https://a.example" asked by null: Vary: Origin
"https://a.example" asked by nobody: Vary: Origin
["https://a.example","http://localhost:3000"] asked by http://localhost:3000: Vary: Origin | Access-Control-Allow-Origin: http://localhost:3000 | Access-Control-Allow-Credentials: true
"https://a.example, https://b.example" asked by https://b.example: Vary: Origin | Access-Control-Allow-Origin: https://b.example | Access-Control-Allow-Credentials: true
"HTTPS://A.Example:443" asked by https://a.example: Vary: Origin | Access-Control-Allow-Origin: https://a.example | Access-Control-Allow-Credentials: true
"*" asked by https://a.example: Access-Control-Allow-Origin: *
"*" asked by nobody: no such header
["*","https://a.example"] asked by https://a.example: Vary: Origin | Access-Control-Allow-Origin: https://a.example | Access-Control-Allow-Credentials: true
["*","https://a.example"] asked by https://b.example: Vary: Origin | Access-Control-Allow-Origin: *
