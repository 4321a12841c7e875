--TEST--
The settings have their defaults, and may be changed anywhere
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
sse.heartbeat = "15", anywhere
sse.ignore_half_close = "0", anywhere
sse.interrupt = "0", anywhere
sse.max_lifetime = "0", anywhere
sse.release_session = "1", anywhere
sse.retry = "0", anywhere
sse.shutdown_retry = "0", anywhere
sse.write_timeout = "30", anywhere
