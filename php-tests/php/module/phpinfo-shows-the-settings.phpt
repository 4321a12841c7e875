--TEST--
phpinfo() shows the extension and its settings
--FILE--
<?php
$extension = new ReflectionExtension('sse');
ob_start();
$extension->info();
$varying = ['/^(Version) => \d+\.\d+\.\d+$/m', "~^(The hub's socket) => /\S+/sse-\d+/hub\.sock\$~m", '/^(Streams move to the hub => no):.*$/m'];
echo preg_replace($varying, ['$1 => (a version)', '$1 => (a path)', '$1'], ob_get_clean());
var_dump(preg_match('/^\d+\.\d+\.\d+$/', $extension->getVersion()), $extension->getVersion() === phpversion('sse'), extension_loaded('sse'));
var_dump(count($extension->getINIEntries()) === count(ini_get_all('sse')));
?>
--EXPECT--
sse

Server-Sent Events support => enabled
Version => (a version)
Frames go => through PHP's output, so that ob_start() can capture it
Heartbeats come => from wait(), on the script's own time, if start() asks for them; from a thread if the output is a pipe
Streams move to the hub => no
Streams are compressed => no
The hub's socket => (a path)

Directive => Local Value => Master Value
sse.heartbeat => 15 => 15
sse.heartbeat_text => no value => no value
sse.retry => 0 => 0
sse.max_lifetime => 0 => 0
sse.allow_origin => no value => no value
sse.compression => no value => no value
sse.shutdown_retry => 0 => 0
sse.write_timeout => 30 => 30
sse.release_session => 1 => 1
sse.ignore_half_close => 0 => 0
sse.interrupt => 0 => 0
sse.adopt => 0 => 0
sse.hub_socket => no value => no value
sse.hub_path => no value => no value
sse.hub_spawn => 1 => 1
sse.hub_group => no value => no value
sse.hub_redis => no value => no value
sse.hub_compression_memory => 67108864 => 67108864
sse.max_event => 1048576 => 1048576
sse.max_streams => 0 => 0
sse.hand_off => prefer => prefer
sse.max_worker_streams => 0 => 0
int(1)
bool(true)
bool(true)
bool(true)
