--TEST--
An output callback that sends is refused by the engine, and harms nothing
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

command('<?php $sse = Sse::start(); ob_start(function ($buffer) use ($sse) { $sse->send("from the callback"); return $buffer; }); $sse->send("x"); ob_end_flush(); echo "[end]";', ['display_errors' => '0']);
command('<?php $sse = Sse::start(); ob_start(function ($buffer) use ($sse) { $sse->close(); return $buffer; }, 1); $sse->onClose(fn () => print("[closed]")); $sse->send("x"); $sse->send("y"); ob_end_flush(); echo "[end]";', ['display_errors' => '0']);
?>
--EXPECT--
":\ndata: x\n\n[end]"
":\ndata: x\n\n[end]"
