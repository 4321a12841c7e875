--TEST--
The last event ID comes from the header, else from the query
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$script = '<?php $sse = Sse::start(); $sse->send([$sse->lastEventId, Sse::lastEventId()]);';
function id(array $variables): void
{
    show(request($GLOBALS['script'], $variables)->body);
}
id([]);
id(['HTTP_LAST_EVENT_ID' => '7']);
id(['HTTP_LAST_EVENT_ID' => '0']);
id(['QUERY_STRING' => 'lastEventId=7']);
id(['QUERY_STRING' => 'last_event_id=7']);
id(['QUERY_STRING' => 'lastEventId=1&last_event_id=2']);
id(['HTTP_LAST_EVENT_ID' => 'header', 'QUERY_STRING' => 'lastEventId=query']);
id(['HTTP_LAST_EVENT_ID' => ' a:b é ']);
id(['QUERY_STRING' => 'lastEventId=a%20b%C3%A9+c']);
// Mercure's, and other spellings. What is empty is none, and leaves it to the next.
foreach (['lastEventID=7&Last-Event-ID=7', 'Last-Event-ID=8', 'last-event-id=9', 'LASTEVENTID=10', 'last.event.id=11'] as $query) {
    id(['QUERY_STRING' => $query]);
}
id(['HTTP_LAST_EVENT_ID' => '', 'QUERY_STRING' => 'lastEventId=&0=8&lastEventID[]=9&Last-Event-ID=10']);
id(['HTTP_LAST_EVENT_ID' => 'header', 'QUERY_STRING' => 'Last-Event-ID=query']);
id(['QUERY_STRING' => 'lastEvent=7&event_id=8&thelastEventId=9']);
?>
--EXPECT--
":\ndata: [null,null]\n\n"
":\nevent: sse:position\nid: 7\ndata: {}\n\ndata: [\"7\",\"7\"]\n\n"
":\nevent: sse:position\nid: 0\ndata: {}\n\ndata: [\"0\",\"0\"]\n\n"
":\nevent: sse:position\nid: 7\ndata: {}\n\ndata: [\"7\",\"7\"]\n\n"
":\nevent: sse:position\nid: 7\ndata: {}\n\ndata: [\"7\",\"7\"]\n\n"
":\nevent: sse:position\nid: 1\ndata: {}\n\ndata: [\"1\",\"1\"]\n\n"
":\nevent: sse:position\nid: header\ndata: {}\n\ndata: [\"header\",\"header\"]\n\n"
":\nevent: sse:position\nid:  a:b é \ndata: {}\n\ndata: [\" a:b é \",\" a:b é \"]\n\n"
":\nevent: sse:position\nid: a bé c\ndata: {}\n\ndata: [\"a bé c\",\"a bé c\"]\n\n"
":\nevent: sse:position\nid: 7\ndata: {}\n\ndata: [\"7\",\"7\"]\n\n"
":\nevent: sse:position\nid: 8\ndata: {}\n\ndata: [\"8\",\"8\"]\n\n"
":\nevent: sse:position\nid: 9\ndata: {}\n\ndata: [\"9\",\"9\"]\n\n"
":\nevent: sse:position\nid: 10\ndata: {}\n\ndata: [\"10\",\"10\"]\n\n"
":\nevent: sse:position\nid: 11\ndata: {}\n\ndata: [\"11\",\"11\"]\n\n"
":\nevent: sse:position\nid: 10\ndata: {}\n\ndata: [\"10\",\"10\"]\n\n"
":\nevent: sse:position\nid: header\ndata: {}\n\ndata: [\"header\",\"header\"]\n\n"
":\ndata: [null,null]\n\n"
