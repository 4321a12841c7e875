--TEST--
With sse.release_session=0 the session stays open
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$settings = ['session.save_path' => sys_get_temp_dir(), 'session.use_cookies' => '0', 'sse.release_session' => '0'];
$response = request('<?php session_start(); $sse = Sse::start(); $sse->send(session_status() === PHP_SESSION_ACTIVE); session_destroy();', [], $settings);
show($response->body);
$settings['sse.release_session'] = '1';
show(request('<?php ini_set("sse.release_session", "off"); session_start(); $sse = Sse::start(); $sse->send(session_status() === PHP_SESSION_ACTIVE); session_destroy();', [], $settings)->body);
show(request('<?php $sse = Sse::start(); $sse->send(session_status() === PHP_SESSION_NONE);', [], $settings)->body);
?>
--EXPECT--
":\ndata: true\n\n"
":\ndata: true\n\n"
":\ndata: true\n\n"
