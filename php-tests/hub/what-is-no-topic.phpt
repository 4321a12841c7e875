--TEST--
What is no topic is an error that names the argument, and nothing is published
--INI--
sse.hub_socket=/nowhere/hub.sock
sse.hub_spawn=0
--FILE--
<?php
require __DIR__ . '/../support/observe.inc';

$sse = started();
foreach (['', str_repeat('x', 257), "a\nb", "a\0", "\xff", [], ['a', ''], ['a', 5], ['a', null], array_map(strval(...), range(1, 257)), new stdClass()] as $topics) {
    observe(fn () => Sse::publish($topics, 'x'));
    observe(fn () => $sse->subscribe($topics));
}
observe(fn () => $sse->isOpen());
?>
--EXPECT--
threw ValueError: Sse::publish(): Argument #1 ($topics) must not be an empty topic
threw ValueError: Sse::subscribe(): Argument #1 ($topics) must not be an empty topic
threw ValueError: Sse::publish(): Argument #1 ($topics) must not be a topic of more than 256 bytes
threw ValueError: Sse::subscribe(): Argument #1 ($topics) must not be a topic of more than 256 bytes
threw ValueError: Sse::publish(): Argument #1 ($topics) must not be a topic with control characters
threw ValueError: Sse::subscribe(): Argument #1 ($topics) must not be a topic with control characters
threw ValueError: Sse::publish(): Argument #1 ($topics) must not be a topic with control characters
threw ValueError: Sse::subscribe(): Argument #1 ($topics) must not be a topic with control characters
threw ValueError: Sse::publish(): Argument #1 ($topics) must be a topic in UTF-8
threw ValueError: Sse::subscribe(): Argument #1 ($topics) must be a topic in UTF-8
threw ValueError: Sse::publish(): Argument #1 ($topics) must name at least one topic
threw ValueError: Sse::subscribe(): Argument #1 ($topics) must name at least one topic
threw ValueError: Sse::publish(): Argument #1 ($topics) must not be an empty topic
threw ValueError: Sse::subscribe(): Argument #1 ($topics) must not be an empty topic
threw TypeError: Sse::publish(): Argument #1 ($topics) must be an array of strings, int given
threw TypeError: Sse::subscribe(): Argument #1 ($topics) must be an array of strings, int given
threw TypeError: Sse::publish(): Argument #1 ($topics) must be an array of strings, null given
threw TypeError: Sse::subscribe(): Argument #1 ($topics) must be an array of strings, null given
threw ValueError: Sse::publish(): Argument #1 ($topics) must not name more than 256 topics
threw ValueError: Sse::subscribe(): Argument #1 ($topics) must not name more than 256 topics
threw TypeError: Sse::publish(): Argument #1 ($topics) must be of type array|string, stdClass given
threw TypeError: Sse::subscribe(): Argument #1 ($topics) must be of type array|string, stdClass given
returned true
