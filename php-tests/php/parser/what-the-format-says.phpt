--TEST--
A parser reads fields, comments and line ends as the standard says
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

function parse(string $stream): void
{
    $parser = new SseParser();
    echo json_encode($parser->feed($stream), JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), ' last id ', quoted($parser->lastEventId()), ' retry ', in_words($parser->retry()), "\n";
}
parse("data: YHOO\ndata: +2\ndata: 10\n\n");
parse(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n");
parse("data\n\ndata\ndata\n\ndata:");
parse("data:test\n\ndata: test\n\n");
parse("data: x");
parse("data: x\n");
parse("event: tick\n\n");
parse("unknown: x\ndata: y\n\n");
parse("data : x\n\n");
parse("Data: x\n\n");
parse("data: a:b\n\n");
parse("id: a\0b\ndata: x\n\n");
parse("id: kept\n\ndata: x\n\n");
parse("retry: 12\nretry: 1a\nretry: -1\nretry:\ndata: x\n\n");
parse("retry: 99999999999999999999999\ndata: x\n\n");
parse("data: \xff\n\n");
parse("event: \xff\nid: \xff\ndata: x\n\n");
parse("\u{FEFF}\u{FEFF}data: x\n\n");
parse("\r\n\r\ndata: x\r\n\r\n");
parse("");
parse("data: \0\n\n");
?>
--EXPECT--
[{"data":"YHOO\n+2\n10","event":null,"id":null,"retry":null,"comment":null}] last id "" retry null
[{"data":"first event","event":null,"id":"1","retry":null,"comment":null},{"data":"second event","event":null,"id":"","retry":null,"comment":null},{"data":" third event","event":null,"id":null,"retry":null,"comment":null}] last id "" retry null
[{"data":"","event":null,"id":null,"retry":null,"comment":null},{"data":"\n","event":null,"id":null,"retry":null,"comment":null}] last id "" retry null
[{"data":"test","event":null,"id":null,"retry":null,"comment":null},{"data":"test","event":null,"id":null,"retry":null,"comment":null}] last id "" retry null
[] last id "" retry null
[] last id "" retry null
[] last id "" retry null
[{"data":"y","event":null,"id":null,"retry":null,"comment":null}] last id "" retry null
[] last id "" retry null
[] last id "" retry null
[{"data":"a:b","event":null,"id":null,"retry":null,"comment":null}] last id "" retry null
[{"data":"x","event":null,"id":null,"retry":null,"comment":null}] last id "" retry null
[{"data":"x","event":null,"id":null,"retry":null,"comment":null}] last id "kept" retry null
[{"data":"x","event":null,"id":null,"retry":12,"comment":null}] last id "" retry 12
[{"data":"x","event":null,"id":null,"retry":null,"comment":null}] last id "" retry null
[{"data":"�","event":null,"id":null,"retry":null,"comment":null}] last id "" retry null
[{"data":"x","event":"�","id":"�","retry":null,"comment":null}] last id "�" retry null
[] last id "" retry null
[{"data":"x","event":null,"id":null,"retry":null,"comment":null}] last id "" retry null
[] last id "" retry null
[{"data":"\u0000","event":null,"id":null,"retry":null,"comment":null}] last id "" retry null
