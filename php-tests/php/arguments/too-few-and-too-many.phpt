--TEST--
Too few and too many arguments are an ArgumentCountError
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
observe(fn () => $sse->send());
observe(fn () => $sse->send('x', 'e', 1, 2, 3));
observe(fn () => $sse->sendMany());
observe(fn () => $sse->comment('x', 'y'));
observe(fn () => $sse->retry());
observe(fn () => $sse->wait());
observe(fn () => $sse->wait(1, 2, 3));
observe(fn () => $sse->isOpen(1));
observe(fn () => $sse->stopReason(1));
observe(fn () => $sse->onClose());
observe(fn () => $sse->close('x', 'e', 1));
observe(fn () => Sse::stream());
observe(fn () => Sse::start(0, 0, 0, null, [], 'k', 7, 'id', 'refuse', false, 11));
observe(fn () => Sse::stream([], 1, 'e', 0, 0, 0, null, [], 'k', 10, 'id', 'refuse', false, true, 15));
observe(fn () => Sse::current(1));
observe(fn () => Sse::lastEventId(1));
observe(fn () => Sse::headers(null, [], false, 4));
observe(fn () => Sse::encode());
observe(fn () => Sse::stop(1));
observe(fn () => Sse::doctor(1));
observe(fn () => new SseEvent('x', 'e', 1, 2, 'c', 6));
observe(fn () => (new SseParser())->feed());
observe(fn () => new SseParser(1, 2));
?>
--EXPECT--
threw ArgumentCountError: Sse::send() expects at least 1 argument, 0 given
threw ArgumentCountError: Sse::send() expects at most 4 arguments, 5 given
threw ArgumentCountError: Sse::sendMany() expects exactly 1 argument, 0 given
threw ArgumentCountError: Sse::comment() expects at most 1 argument, 2 given
threw ArgumentCountError: Sse::retry() expects exactly 1 argument, 0 given
threw ArgumentCountError: Sse::wait() expects at least 1 argument, 0 given
threw ArgumentCountError: Sse::wait() expects at most 2 arguments, 3 given
threw ArgumentCountError: Sse::isOpen() expects exactly 0 arguments, 1 given
threw ArgumentCountError: Sse::stopReason() expects exactly 0 arguments, 1 given
threw ArgumentCountError: Sse::onClose() expects exactly 1 argument, 0 given
threw ArgumentCountError: Sse::close() expects at most 2 arguments, 3 given
threw ArgumentCountError: Sse::stream() expects at least 1 argument, 0 given
threw ArgumentCountError: Sse::start() expects at most 10 arguments, 11 given
threw ArgumentCountError: Sse::stream() expects at most 14 arguments, 15 given
threw ArgumentCountError: Sse::current() expects exactly 0 arguments, 1 given
threw ArgumentCountError: Sse::lastEventId() expects exactly 0 arguments, 1 given
threw ArgumentCountError: Sse::headers() expects at most 3 arguments, 4 given
threw ArgumentCountError: Sse::encode() expects at least 1 argument, 0 given
threw ArgumentCountError: Sse::stop() expects exactly 0 arguments, 1 given
threw ArgumentCountError: Sse::doctor() expects exactly 0 arguments, 1 given
threw ArgumentCountError: SseEvent::__construct() expects at most 5 arguments, 6 given
threw ArgumentCountError: SseParser::feed() expects exactly 1 argument, 0 given
threw ArgumentCountError: SseParser::__construct() expects at most 1 argument, 2 given
