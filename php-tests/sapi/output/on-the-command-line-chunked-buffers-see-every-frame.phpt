--TEST--
A buffer with a chunk size sees every frame as it is sent
--FILE--
<?php
$chunks = [];
ob_start(function ($chunk) use (&$chunks) { $chunks[] = $chunk; return ''; }, 1);
$sse = Sse::start();
$sse->send('a');
$sse->send("b\nc");
$sse->comment('d');
ob_end_clean();
echo json_encode(array_values(array_filter($chunks, strlen(...)))), "\n";
?>
--EXPECT--
[":\n","data: a\n\n","data: b\ndata: c\n\n",": d\n"]
