--TEST--
An output callback may open a stream, of which it can send nothing
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

// Whatever a callback produces is deprecated since PHP 8.5, a stream's events, too.
command('<?php error_reporting(E_ALL & ~E_DEPRECATED); ob_start(function ($buffer) { try { Sse::start()->send("x"); } catch (Throwable $thrown) { return $thrown->getMessage(); } return $buffer; }); echo "page"; ob_end_flush(); echo json_encode(Sse::current()?->isOpen());');
?>
--EXPECT--
"pagetrue"
