--TEST--
Whoever sets Cache-Control, and however, no-transform is there, once
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

function cache(string $script, array $settings = []): void
{
    request("<?php $script", [], $settings)->showHeaders('Cache-Control', 'Pragma', 'Expires', 'Last-Modified');
}
$start = 'Sse::start()->send("x");';
cache("header('Cache-Control: no-cache'); $start");
cache("header('cache-CONTROL: private, no-cache'); $start");
cache("header('Cache-Control: private'); header('Cache-Control: max-age=0', false); $start");
cache("header('Cache-Control: No-Transform , private'); $start");
cache("header('Cache-Control: no-transform'); header('Cache-Control: private', false); $start");
cache("header('Cache-Control:'); $start");
cache('Sse::start(headers: ["cache-control" => "no-cache"]);');
cache('Sse::stream(["x"], headers: ["Cache-Control" => "no-transform, no-cache"]);');

echo "the session's own words\n";
$session = ['session.save_path' => sys_get_temp_dir(), 'session.use_cookies' => '0'];
foreach (['nocache', 'private', 'private_no_expire', 'public', ''] as $limiter) {
    cache("session_start(); session_destroy(); $start", ['session.cache_limiter' => $limiter] + $session);
}
cache("session_start(); session_destroy(); header('Cache-Control: private'); $start", ['session.cache_limiter' => 'private', 'session.cache_expire' => '9'] + $session);

echo "at the last moment\n";
cache("header_register_callback(fn () => header('Cache-Control: no-cache')); $start");
cache("header_register_callback(fn () => header_remove()); $start");
cache("ob_start(fn (\$html) => header('Cache-Control: private') ?? \$html); echo ': x'; $start");

echo "by a head of Sse::headers()\n";
$head = '$headers = Sse::headers(); foreach ($headers as $name => $value) header("$name: $value");';
cache("$head header('Cache-Control: no-cache, private'); echo ': head', PHP_EOL; flush(); $start");
cache("$head header_remove('Cache-Control'); echo ': head', PHP_EOL; flush(); $start");
cache("$head header('Content-Type: text/html'); header('Cache-Control: no-cache'); echo 'a page';");
cache("$head header('Cache-Control: no-cache'); http_response_code(500); echo 'an error';");
cache("Sse::headers(); header('Cache-Control: no-cache'); echo 'a page';");

echo "other code's\n";
$other = "header('Content-Type: text/event-stream'); header('Cache-Control: no-cache'); header('Cache-Control: private', false); echo ': x', PHP_EOL;";
cache($other);
cache($other, ['sse.adopt' => '1']);
?>
--EXPECT--
Cache-Control: no-cache, no-transform
Cache-Control: private, no-cache, no-transform
Cache-Control: private, max-age=0, no-transform
Cache-Control: No-Transform , private
Cache-Control: no-transform | Cache-Control: private
Cache-Control: no-transform
Cache-Control: no-cache, no-transform
Cache-Control: no-transform, no-cache
the session's own words
Cache-Control: no-store, no-transform
Cache-Control: no-store, no-transform
Cache-Control: no-store, no-transform
Cache-Control: no-store, no-transform
Cache-Control: no-store, no-transform
Expires: Thu, 19 Nov 1981 08:52:00 GMT | Cache-Control: private, no-transform
at the last moment
Cache-Control: no-cache, no-transform
Cache-Control: no-transform
Cache-Control: private, no-transform
by a head of Sse::headers()
Cache-Control: no-cache, private, no-transform
Cache-Control: no-transform
Cache-Control: no-cache
Cache-Control: no-cache
Cache-Control: no-cache
other code's
Cache-Control: no-cache | Cache-Control: private
Cache-Control: no-cache, private, no-transform
