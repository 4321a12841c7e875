--TEST--
Where no stream has sent the head, PHP's own warnings are as ever
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

request(<<<'PHP'
    <?php
    set_error_handler(fn (int $level, string $message) => print(strstr("$message ", ' by ', true) ?: $message) . "\n");
    echo "a page\n";
    flush();
    header('X-Late: 1');
    setcookie('name', 'value');
    session_start();
    PHP)->show();
?>
--EXPECTF--
200 OK
Content-type: text/html; charset=UTF-8
"a page\nCannot modify header information - headers already sent\nCannot modify header information - headers already sent\nsession_start(): Session cannot be started after headers have already been sent%S\n"
