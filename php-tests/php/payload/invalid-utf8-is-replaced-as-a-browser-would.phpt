--TEST--
Invalid UTF-8 in data and comments becomes U+FFFD, one for each maximal part, as in a browser
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$sse = started();
foreach (["\xff", "a\xffb", "\xc3", "\xc3\x28", "\xe2\x82", "\xe2\x82x", "\xf0\x9f\x8e", "\xf0\x9fx\x8e", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80\xbf", "\xef\xbf\xbd", "\xff\n\xfe"] as $string) {
    observe(fn () => $sse->send($string));
}
observe(fn () => $sse->comment("a\xffb"));
observe(fn () => Sse::encode("\xe2\x82", comment: "\xf0\x9f"));
observe(fn () => (string) new SseEvent("\xc3", comment: "\xc3"));
?>
--EXPECT--
wrote "data: �\n\n", returned true
wrote "data: a�b\n\n", returned true
wrote "data: �\n\n", returned true
wrote "data: �(\n\n", returned true
wrote "data: �\n\n", returned true
wrote "data: �x\n\n", returned true
wrote "data: �\n\n", returned true
wrote "data: �x�\n\n", returned true
wrote "data: ��\n\n", returned true
wrote "data: ���\n\n", returned true
wrote "data: ���\n\n", returned true
wrote "data: ����\n\n", returned true
wrote "data: ��\n\n", returned true
wrote "data: �\n\n", returned true
wrote "data: �\ndata: �\n\n", returned true
wrote ": a�b\n", returned true
returned ": �\ndata: �\n\n"
returned ": �\ndata: �\n\n"
