--TEST--
A stream may answer any other method
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

foreach (['POST', 'PUT', 'get', 'PURGE'] as $method) {
    show(request('<?php Sse::start()->send($_SERVER["REQUEST_METHOD"]);', ['REQUEST_METHOD' => $method])->body);
}
?>
--EXPECT--
":\ndata: POST\n\n"
":\ndata: PUT\n\n"
":\ndata: get\n\n"
":\ndata: PURGE\n\n"
