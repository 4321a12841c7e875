--TEST--
SseStopReason is a backed enum
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

foreach (SseStopReason::cases() as $reason) {
    echo "$reason->name = $reason->value\n";
}
var_dump(SseStopReason::from('closed') === SseStopReason::Closed, SseStopReason::tryFrom('nope'));
var_dump(match (SseStopReason::Shutdown) { SseStopReason::Closed => 'closed', SseStopReason::Shutdown => 'shutdown' });
observe(fn () => SseStopReason::from('nope'));
observe(fn () => json_encode(SseStopReason::cases()));
observe(fn () => clone SseStopReason::Closed);
observe(fn () => new SseStopReason());
observe(fn () => SseStopReason::Closed instanceof BackedEnum);
?>
--EXPECT--
ClientGone = client_gone
MaxLifetime = max_lifetime
Shutdown = shutdown
WriteTimeout = write_timeout
Closed = closed
HandedOff = handed_off
bool(true)
NULL
string(8) "shutdown"
threw ValueError: "nope" is not a valid backing value for enum SseStopReason
returned "[\"client_gone\",\"max_lifetime\",\"shutdown\",\"write_timeout\",\"closed\",\"handed_off\"]"
threw Error: Trying to clone an uncloneable object of class SseStopReason
threw Error: Cannot instantiate enum SseStopReason
returned true
