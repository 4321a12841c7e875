--TEST--
A response that goes out with the Content-Encoding of Sse::headers() is encoded, whoever writes it
--FILE--
<?php
require __DIR__ . '/../../support/coding.inc';

$head = '<?php foreach (Sse::headers(compress: true) as $name => $value) header("$name: $value"); ';
$start = '$sse = Sse::start(); $sse->send("x"); $sse->send(strstr(Sse::doctor()["compression"], ":", true));';
foreach ([
    'only echo' => 'echo "data: x\n\n"; echo "data: y\n\n"; flush(); echo "data: z\n\n";',
    'start() behind an open head' => $start,
    'start() behind a head that is out' => 'echo ": early\n"; flush(); ' . $start,
    'start() in a buffer' => 'echo ": early\n"; flush(); ob_start(); echo ": buffered\n"; ' . $start,
    'start() with a word of its own' => 'Sse::start(compress: false)->send("x");',
    'the line was dropped, start()' => 'header_remove("Content-Encoding"); ' . $start,
    'the line was dropped, the head is out' => 'header_remove("Content-Encoding"); echo ": early\n"; flush(); ' . $start,
    'somebody else\'s coding' => 'header("Content-Encoding: deflate"); echo gzcompress("data: theirs\n\n");',
    'another content type' => 'header("Content-Type: text/plain"); echo "no stream";',
    'another status' => 'http_response_code(500); echo "no stream";',
    'a length' => 'header("Content-Length: 9"); echo "data: x\n\n";',
    'a buffer at the end' => 'ob_start(); echo "data: x\n\n";',
    'an exit' => 'echo "data: x\n\n"; exit;',
    'a stop()' => 'Sse::stop();',
    'nothing' => '',
] as $what => $rest) {
    echo "$what: ";
    coded($head . $rest, 'gzip');
}
echo 'a client that takes none: ';
coded($head . $start, 'identity');
echo 'two promises: ';
coded('<?php Sse::headers(compress: "gzip"); foreach (Sse::headers(compress: "deflate") as $name => $value) header("$name: $value"); ' . $start, 'gzip, deflate');
echo 'the setting: ';
coded('<?php foreach (Sse::headers() as $name => $value) header("$name: $value"); ' . $start, 'gzip', [], ['sse.compression' => 'gzip']);
echo 'on the command line: ';
echo json_encode(array_diff_key(Sse::headers(compress: true), Sse::headers())), "\n";
?>
--EXPECT--
only echo: Vary: Accept-Encoding | Content-Encoding: gzip, "data: x\n\ndata: y\n\ndata: z\n\n"
start() behind an open head: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\ndata: gzip\n\n"
start() behind a head that is out: Vary: Accept-Encoding | Content-Encoding: gzip, ": early\n:\ndata: x\n\ndata: gzip\n\n"
start() in a buffer: Vary: Accept-Encoding | Content-Encoding: gzip, ": early\n: buffered\n:\ndata: x\n\ndata: gzip\n\n"
start() with a word of its own: Vary: Accept-Encoding, ":\ndata: x\n\n"
the line was dropped, start(): Vary: Accept-Encoding, ":\ndata: x\n\ndata: none\n\n"
the line was dropped, the head is out: Vary: Accept-Encoding, ": early\n:\ndata: x\n\ndata: none\n\n"
somebody else's coding: Vary: Accept-Encoding | Content-Encoding: deflate, "data: theirs\n\n"
another content type: Vary: Accept-Encoding, "no stream"
another status: Vary: Accept-Encoding, "no stream"
a length: Vary: Accept-Encoding, "data: x\n\n"
a buffer at the end: Vary: Accept-Encoding | Content-Encoding: gzip, "data: x\n\n"
an exit: Vary: Accept-Encoding | Content-Encoding: gzip, "data: x\n\n"
a stop(): Vary: Accept-Encoding, ""
nothing: Vary: Accept-Encoding, ""
a client that takes none: Vary: Accept-Encoding, ":\ndata: x\n\ndata: none\n\n"
two promises: Vary: Accept-Encoding | Content-Encoding: deflate, ":\ndata: x\n\ndata: deflate\n\n"
the setting: Vary: Accept-Encoding | Content-Encoding: gzip, ":\ndata: x\n\ndata: gzip\n\n"
on the command line: []
