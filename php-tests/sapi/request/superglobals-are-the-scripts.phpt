--TEST--
The last event ID is read where the script would read it, whatever it did there
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

$_SERVER['HTTP_LAST_EVENT_ID'] = '7';
observe(fn () => Sse::lastEventId());
unset($_SERVER['HTTP_LAST_EVENT_ID']);
observe(fn () => Sse::lastEventId());
$_GET = ['lastEventId' => '8'];
observe(fn () => Sse::lastEventId());
$id = '9';
$_GET = ['lastEventId' => &$id];
observe(fn () => Sse::lastEventId());
$_GET = ['lastEventId' => 10];
observe(fn () => Sse::lastEventId());
$_GET = ['lastEventId' => ['11']];
observe(fn () => Sse::lastEventId());
$_GET = null;
$_SERVER = 5;
observe(fn () => Sse::lastEventId());
unset($_GET, $_SERVER);
observe(fn () => Sse::lastEventId());
observe(fn () => started()->lastEventId);
?>
--EXPECT--
returned "7"
returned null
returned "8"
returned "9"
returned null
returned null
returned null
returned null
returned null
