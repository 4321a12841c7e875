--TEST--
disable_functions takes nothing from the extension, and a script's functions of those names are not called
--INI--
disable_functions=json_encode,json_decode,session_status,session_write_close,stream_get_meta_data,apache_setenv
sse.hub_socket=/nowhere/hub.sock
session.save_path=
sse.hub_socket=/nowhere/hub.sock
session.use_cookies=0
session.cache_limiter=
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

function json_encode(): string { return 'not mine'; }
function json_decode(): array { return ['not mine']; }
function session_status(): int { return 0; }
function session_write_close(): bool { echo 'not mine'; return true; }
function stream_get_meta_data(): array { return ['unread_bytes' => 1]; }
function apache_setenv(): bool { echo 'not mine'; return true; }

class Own implements JsonSerializable
{
    public function jsonSerialize(): mixed { return ['own' => 1.5]; }
}
class Thrower implements JsonSerializable
{
    public function jsonSerialize(): mixed { throw new DomainException('mine', 7); }
}

$sse = started();
observe(fn () => $sse->send([1, 'ü/']));
observe(fn () => $sse->send(new Own));
observe(fn () => $sse->send(new Thrower));
observe(fn () => $sse->send(NAN));
observe(fn () => $sse->send(["\xff"]));
observe(fn () => Sse::encode(['a' => null]));
observe(fn () => (string) new SseEvent([true]));
observe(fn () => Sse::status()['running']);
[$near, $far] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
fwrite($far, "a line\nanother\n");
fgets($near);
$before = hrtime(true);
observe(fn () => $sse->wait(60, [$near]));
var_dump(hrtime(true) - $before < 20e9);
$sse->onClose(fn (SseStopReason $reason) => print($reason->name));
observe(fn () => $sse->close());
?>
--EXPECT--
wrote "data: [1,\"ü/\"]\n\n", returned true
wrote "data: {\"own\":1.5}\n\n", returned true
threw DomainException: mine
threw JsonException: Inf and NaN cannot be JSON encoded
threw JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
returned "data: {\"a\":null}\n\n"
returned "data: [true]\n\n"
returned false
returned true
bool(true)
wrote "Closed", returned null
