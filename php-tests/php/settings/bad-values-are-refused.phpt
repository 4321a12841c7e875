--TEST--
ini_set() refuses what a setting cannot be
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

foreach ([
    'sse.heartbeat' => ['abc', '', '-1', 'INF', 'NAN', '1 2', '0x10', '15s', "1\0", '20', '0', '0.5', ' 7 ', '1e2'],
    'sse.heartbeat_text' => ["a\nb", "a\rb", "\x7f", "\u{85}", "\xff", str_repeat('x', 65), str_repeat('x', 64), 'keep-alive', 'é', ''],
    'sse.retry' => ['abc', '', '-1', '1.5', '99999999999999999999', '3000', '0'],
    'sse.max_lifetime' => ['abc', '', '-5', 'INF', '3600', '0', '0.5'],
    'sse.allow_origin' => ['example.org', 'https://a.example/path', 'null', 'https://a.example', '*', 'https://a.example, https://b.example:8443', ''],
    'sse.compression' => ['maybe', 'gzip, lzma', 'identity', 'on, gzip', '2', 'zstd, br, gzip', 'GZIP deflate', 'on', '1', 'Off', '0', ''],
    'sse.release_session' => ['maybe', '2', '-1', '0', '1', 'on', 'Off', 'yes', 'no', 'true', 'false', ''],
] as $name => $values) {
    foreach ($values as $value) {
        echo $name, ' = ', quoted($value), ': ', ini_set($name, $value) === false ? 'refused, stays ' . quoted(ini_get($name)) : 'set', "\n";
    }
    ini_restore($name);
    echo 'restored to ', quoted(ini_get($name)), "\n";
}
observe(fn () => ini_set('sse.heartbeat', 20));
observe(fn () => ini_get('sse.heartbeat'));
observe(fn () => ini_set('sse.no_such_setting', '1'));
?>
--EXPECT--
sse.heartbeat = "abc": refused, stays "15"
sse.heartbeat = "": refused, stays "15"
sse.heartbeat = "-1": refused, stays "15"
sse.heartbeat = "INF": refused, stays "15"
sse.heartbeat = "NAN": refused, stays "15"
sse.heartbeat = "1 2": refused, stays "15"
sse.heartbeat = "0x10": refused, stays "15"
sse.heartbeat = "15s": refused, stays "15"
sse.heartbeat = "1\000": refused, stays "15"
sse.heartbeat = "20": set
sse.heartbeat = "0": set
sse.heartbeat = "0.5": set
sse.heartbeat = " 7 ": set
sse.heartbeat = "1e2": set
restored to "15"
sse.heartbeat_text = "a\nb": refused, stays ""
sse.heartbeat_text = "a\rb": refused, stays ""
sse.heartbeat_text = "\177": refused, stays ""
sse.heartbeat_text = "": refused, stays ""
sse.heartbeat_text = "\377": refused, stays ""
sse.heartbeat_text = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx": refused, stays ""
sse.heartbeat_text = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx": set
sse.heartbeat_text = "keep-alive": set
sse.heartbeat_text = "é": set
sse.heartbeat_text = "": set
restored to ""
sse.retry = "abc": refused, stays "0"
sse.retry = "": refused, stays "0"
sse.retry = "-1": refused, stays "0"
sse.retry = "1.5": refused, stays "0"
sse.retry = "99999999999999999999": refused, stays "0"
sse.retry = "3000": set
sse.retry = "0": set
restored to "0"
sse.max_lifetime = "abc": refused, stays "0"
sse.max_lifetime = "": refused, stays "0"
sse.max_lifetime = "-5": refused, stays "0"
sse.max_lifetime = "INF": refused, stays "0"
sse.max_lifetime = "3600": set
sse.max_lifetime = "0": set
sse.max_lifetime = "0.5": set
restored to "0"
sse.allow_origin = "example.org": refused, stays ""
sse.allow_origin = "https://a.example/path": refused, stays ""
sse.allow_origin = "null": refused, stays ""
sse.allow_origin = "https://a.example": set
sse.allow_origin = "*": set
sse.allow_origin = "https://a.example, https://b.example:8443": set
sse.allow_origin = "": set
restored to ""
sse.compression = "maybe": refused, stays ""
sse.compression = "gzip, lzma": refused, stays ""
sse.compression = "identity": refused, stays ""
sse.compression = "on, gzip": refused, stays ""
sse.compression = "2": refused, stays ""
sse.compression = "zstd, br, gzip": set
sse.compression = "GZIP deflate": set
sse.compression = "on": set
sse.compression = "1": set
sse.compression = "Off": set
sse.compression = "0": set
sse.compression = "": set
restored to ""
sse.release_session = "maybe": refused, stays "1"
sse.release_session = "2": refused, stays "1"
sse.release_session = "-1": refused, stays "1"
sse.release_session = "0": set
sse.release_session = "1": set
sse.release_session = "on": set
sse.release_session = "Off": set
sse.release_session = "yes": set
sse.release_session = "no": set
sse.release_session = "true": set
sse.release_session = "false": set
sse.release_session = "": set
restored to "1"
returned "15"
returned "20"
returned false
