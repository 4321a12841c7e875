--TEST--
A last event ID that the script gives wins over what the request says; "" is none
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$_SERVER['HTTP_LAST_EVENT_ID'] = 'header';
$_GET['lastEventId'] = 'query';
function told(?string ...$id): ?string
{
    ob_start();
    $sse = Sse::start(...$id);
    $sse->close();
    ob_end_clean();

    return $sse->lastEventId;
}
observe(fn () => told());
observe(fn () => told(lastEventId: null));
observe(fn () => told(lastEventId: '7'));
observe(fn () => told(lastEventId: '0'));
observe(fn () => told(lastEventId: ''));
observe(fn () => Sse::lastEventId());
observe(function () {
    ob_start();
    Sse::stream(function (Sse $sse) { $sse->close($sse->lastEventId); }, lastEventId: "a\u{e9} b");

    return ob_get_clean();
});
foreach (["a\nb", "a\rb", "a\0b", "\xff", str_repeat('x', 4097), [], new stdClass] as $wrong) {
    observe(fn () => Sse::start(lastEventId: $wrong));
    observe(fn () => Sse::stream([], lastEventId: $wrong));
}
observe(fn () => strlen(told(lastEventId: str_repeat('x', 4096))));
ob_start();
$sse = Sse::start();
ob_end_clean();
observe(fn () => $sse->subscribe('a', lastEventId: "a\nb"));
observe(fn () => $sse->subscribe('a', null, true, []));
observe(fn () => $sse->isOpen());
?>
--EXPECT--
returned "header"
returned "header"
returned "7"
returned "0"
returned null
returned "header"
returned ":\nevent: sse:position\nid: aé b\ndata: {}\n\ndata: aé b\n\n"
threw ValueError: Sse::start(): Argument #8 ($lastEventId) must not contain line breaks
threw ValueError: Sse::stream(): Argument #11 ($lastEventId) must not contain line breaks
threw ValueError: Sse::start(): Argument #8 ($lastEventId) must not contain line breaks
threw ValueError: Sse::stream(): Argument #11 ($lastEventId) must not contain line breaks
threw ValueError: Sse::start(): Argument #8 ($lastEventId) must not contain any null bytes
threw ValueError: Sse::stream(): Argument #11 ($lastEventId) must not contain any null bytes
threw ValueError: Sse::start(): Argument #8 ($lastEventId) must be valid UTF-8
threw ValueError: Sse::stream(): Argument #11 ($lastEventId) must be valid UTF-8
threw ValueError: Sse::start(): Argument #8 ($lastEventId) must be at most 4096 bytes long
threw ValueError: Sse::stream(): Argument #11 ($lastEventId) must be at most 4096 bytes long
threw TypeError: Sse::start(): Argument #8 ($lastEventId) must be of type ?string, array given
threw TypeError: Sse::stream(): Argument #11 ($lastEventId) must be of type ?string, array given
threw TypeError: Sse::start(): Argument #8 ($lastEventId) must be of type ?string, stdClass given
threw TypeError: Sse::stream(): Argument #11 ($lastEventId) must be of type ?string, stdClass given
returned 4096
threw ValueError: Sse::subscribe(): Argument #4 ($lastEventId) must not contain line breaks
threw TypeError: Sse::subscribe(): Argument #4 ($lastEventId) must be of type ?string, array given
returned true
