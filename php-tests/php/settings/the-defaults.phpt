--TEST--
The settings have their defaults, and most may be changed anywhere
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

foreach (ini_get_all('sse') as $name => $setting) {
    echo $name, ' = ', in_words($setting['global_value']), ', ', $setting['access'] === INI_ALL ? 'anywhere' : $setting['access'], "\n";
}
?>
--EXPECT--
sse.adopt = "0", 6
sse.allow_origin = "", anywhere
sse.compression = "", anywhere
sse.hand_off = "prefer", 6
sse.heartbeat = "15", anywhere
sse.heartbeat_text = "", anywhere
sse.hub_compression_memory = "67108864", 4
sse.hub_group = "", 4
sse.hub_path = "", 4
sse.hub_redis = "", 4
sse.hub_socket = "", 6
sse.hub_spawn = "1", 4
sse.ignore_half_close = "0", anywhere
sse.interrupt = "0", anywhere
sse.max_event = "1048576", anywhere
sse.max_lifetime = "0", anywhere
sse.max_streams = "0", 6
sse.max_worker_streams = "0", 6
sse.release_session = "1", anywhere
sse.retry = "0", anywhere
sse.shutdown_retry = "0", anywhere
sse.write_timeout = "30", anywhere
