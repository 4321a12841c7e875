--TEST--
A parser finds the same events wherever the chunks are cut
--FILE--
<?php
$stream = "\u{FEFF}: comment\n\nid: 1\nevent: tick\nretry: 1500\ndata: a\ndata: b\n\ndata: é\r\rdata\r\n\r\nid: x\n\nevent: only\n\ndata:y\n\n";
function events(array $chunks): string
{
    $parser = new SseParser();
    $events = array_merge(...array_map($parser->feed(...), $chunks));

    return json_encode($events, JSON_UNESCAPED_UNICODE);
}
$whole = events([$stream]);
echo $whole, "\n";
$same = events(str_split($stream)) === $whole;
for ($cut = 0; $cut <= strlen($stream); $cut++) {
    $same = $same && events([substr($stream, 0, $cut), substr($stream, $cut)]) === $whole;
}
var_dump($same);
?>
--EXPECT--
[{"data":"a\nb","event":"tick","id":"1","retry":1500,"comment":null},{"data":"é","event":null,"id":null,"retry":null,"comment":null},{"data":"","event":null,"id":null,"retry":null,"comment":null},{"data":"y","event":null,"id":null,"retry":null,"comment":null}]
bool(true)
