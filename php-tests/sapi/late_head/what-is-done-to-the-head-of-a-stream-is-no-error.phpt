--TEST--
header(), setcookie(), session_start() and their kin are no error once a stream has sent the head, and do nothing
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$script = <<<'PHP'
    <?php
    set_error_handler(function (int $level, string $message) { throw new ErrorException($message); });
    function note(string $line): void { file_put_contents($_SERVER['NOTES'], "$line\n", FILE_APPEND); }
    header('X-Early: 1');
    BEGIN;
    function answer(string $call, mixed ...$arguments): void
    {
        try {
            $answer = json_encode($call(...$arguments));
        } catch (Throwable $thrown) {
            $answer = get_class($thrown);
        }
        note("$call $answer");
    }
    $before = headers_list();
    foreach (['X-Late: 1', 'HTTP/1.1 500 Error', 'Content-Type: text/html', 'Location: /elsewhere'] as $line) {
        answer('header', $line);
    }
    answer('header', 'X-Early: 2', false, 404);
    answer('header_remove', 'X-Early');
    answer('header_remove');
    answer('setcookie', 'name', 'value', time() + 60, '/');
    answer('setcookie', 'a=b');
    answer('setrawcookie', 'name', 'value');
    answer('http_response_code', 500);
    answer('http_response_code');
    answer('header_register_callback', fn () => null);
    answer('session_name', 'own');
    answer('session_id', 'own-id');
    answer('session_save_path', sys_get_temp_dir());
    answer('session_module_name', 'files');
    answer('session_set_cookie_params', 60);
    answer('session_cache_limiter', 'public');
    answer('session_cache_expire', 10);
    answer('ini_set', 'session.use_cookies', '0');
    answer('session_set_save_handler', new SessionHandler());
    answer('session_start');
    answer('session_regenerate_id', true);
    answer('session_destroy');
    answer('ini_restore', 'session.use_strict_mode');
    answer('headers_sent');
    answer('assert', headers_list() === $before);
    headers_sent($file, $line);
    note(json_encode([$file === __FILE__, $line]));
    PHP;

$notes = tempnam(sys_get_temp_dir(), 'sse-notes-');
foreach (["\$sse = Sse::start();\n\$sse->send(1)", 'Sse::stop()'] as $begin) {
    request(str_replace('BEGIN', $begin, $script), ['NOTES' => $notes], ['session.save_path' => '/tmp'])->show();
    echo file_get_contents($notes), "\n";
    unlink($notes);
}
?>
--EXPECT--
200 OK
X-Early: 1
Content-Type: text/event-stream;charset=UTF-8
Cache-Control: no-store, no-transform
X-Accel-Buffering: no
Incremental: ?1
Connection: keep-alive
":\ndata: 1\n\n"
header null
header null
header null
header null
header null
header_remove null
header_remove null
setcookie true
setcookie ValueError
setrawcookie true
http_response_code 200
http_response_code 200
header_register_callback true
session_name "PHPSESSID"
session_id ""
session_save_path "\/tmp"
session_module_name "files"
session_set_cookie_params true
session_cache_limiter "nocache"
session_cache_expire 180
ini_set "1"
session_set_save_handler true
session_start true
session_regenerate_id true
session_destroy true
ini_restore null
headers_sent true
assert true
[true,5]

204 No Content
X-Early: 1
""
header null
header null
header null
header null
header null
header_remove null
header_remove null
setcookie true
setcookie ValueError
setrawcookie true
http_response_code 204
http_response_code 204
header_register_callback true
session_name "PHPSESSID"
session_id ""
session_save_path "\/tmp"
session_module_name "files"
session_set_cookie_params true
session_cache_limiter "nocache"
session_cache_expire 180
ini_set "1"
session_set_save_handler true
session_start true
session_regenerate_id true
session_destroy true
ini_restore null
headers_sent true
assert true
[true,5]
