--TEST--
At start-up a bad value is ignored with a warning
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

foreach (['sse.heartbeat' => 'abc', 'sse.heartbeat_text' => str_repeat('x', 65), 'sse.retry' => '-1', 'sse.max_lifetime' => 'INF', 'sse.allow_origin' => 'example.org', 'sse.release_session' => 'maybe', 'sse.compression' => 'gzip, lzma', 'sse.hub_socket' => 'hub.sock', 'sse.hub_spawn' => '2', 'sse.max_streams' => '-1', 'sse.max_event' => '8388609', 'sse.hand_off' => 'maybe', 'sse.max_worker_streams' => '-1'] as $name => $value) {
    command("<?php var_dump(ini_get('$name'));", [$name => $value]);
}
command('<?php echo ini_get("sse.hub_socket");', ['sse.hub_socket' => '/' . str_repeat('x', 107)]);
command('<?php echo ini_get("sse.heartbeat");', ['sse.heartbeat' => '7.5']);
command('<?php echo ini_get("sse.release_session");', ['sse.release_session' => 'Off']);
?>
--EXPECT--
"\nWarning: PHP Startup: Invalid value \"abc\" for sse.heartbeat is ignored in Unknown on line 0\nstring(2) \"15\"\n"
"\nWarning: PHP Startup: Invalid value \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\" for sse.heartbeat_text is ignored in Unknown on line 0\nstring(0) \"\"\n"
"\nWarning: PHP Startup: Invalid value \"-1\" for sse.retry is ignored in Unknown on line 0\nstring(1) \"0\"\n"
"\nWarning: PHP Startup: Invalid value \"INF\" for sse.max_lifetime is ignored in Unknown on line 0\nstring(1) \"0\"\n"
"\nWarning: PHP Startup: Invalid value \"example.org\" for sse.allow_origin is ignored in Unknown on line 0\nstring(0) \"\"\n"
"\nWarning: PHP Startup: Invalid value \"maybe\" for sse.release_session is ignored in Unknown on line 0\nstring(1) \"1\"\n"
"\nWarning: PHP Startup: Invalid value \"gzip, lzma\" for sse.compression is ignored in Unknown on line 0\nstring(0) \"\"\n"
"\nWarning: PHP Startup: Invalid value \"hub.sock\" for sse.hub_socket is ignored in Unknown on line 0\nstring(0) \"\"\n"
"\nWarning: PHP Startup: Invalid value \"2\" for sse.hub_spawn is ignored in Unknown on line 0\nstring(1) \"1\"\n"
"\nWarning: PHP Startup: Invalid value \"-1\" for sse.max_streams is ignored in Unknown on line 0\nstring(1) \"0\"\n"
"\nWarning: PHP Startup: Invalid value \"8388609\" for sse.max_event is ignored in Unknown on line 0\nstring(7) \"1048576\"\n"
"\nWarning: PHP Startup: Invalid value \"maybe\" for sse.hand_off is ignored in Unknown on line 0\nstring(6) \"prefer\"\n"
"\nWarning: PHP Startup: Invalid value \"-1\" for sse.max_worker_streams is ignored in Unknown on line 0\nstring(1) \"0\"\n"
"\nWarning: PHP Startup: Invalid value \"/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\" for sse.hub_socket is ignored in Unknown on line 0\n"
"7.5"
""
