--TEST--
The session is written and its lock released; the data stays readable
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$store = ['session.save_path' => sys_get_temp_dir(), 'session.use_strict_mode' => '0', 'session.use_cookies' => '0'];
$id = 'ssephpt' . getmypid();
$read = "<?php session_id('$id'); session_start(); echo json_encode(\$_SESSION);";
$response = request(<<<PHP
    <?php
    session_id('$id');
    session_start();
    \$_SESSION['before'] = 1;
    \$sse = Sse::start();
    \$handle = fopen(sys_get_temp_dir() . '/sess_$id', 'r');
    \$sse->send([session_status() === PHP_SESSION_NONE, \$_SESSION, flock(\$handle, LOCK_EX | LOCK_NB)]);
    \$_SESSION['after'] = 2;
    PHP, [], $store);
show($response->body);
show(request($read, [], $store)->body);
unlink(sys_get_temp_dir() . "/sess_$id");
?>
--EXPECT--
":\ndata: [true,{\"before\":1},true]\n\n"
"{\"before\":1}"
