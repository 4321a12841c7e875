--TEST--
doctor() says in words what stands between script and browser
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$keys = ['server', 'path', 'heartbeats', 'hub', 'handOff', 'compression', 'buffers', 'advice', 'configuration'];
$report = Sse::doctor();
var_dump(array_keys($report) === $keys, $report['server'], $report['advice']);
echo json_encode(array_map(get_debug_type(...), $report)), "\n";
$ask = '<?php ob_start(null, 0, 0); file_put_contents("php://stderr", json_encode(Sse::doctor()["buffers"])); ';
request($ask, [], ['output_buffering' => '4096', 'zlib.output_compression' => '1']);
$before = request('<?php foreach (array_diff_key(Sse::doctor(), ["hub" => 0, "buffers" => 0, "configuration" => 0]) as $key => $value) echo "$key: ", implode((array) $value), "\n";');
echo $before->body, "\n";
$response = request('<?php $sse = Sse::start(); foreach (["handOff" => strtok(Sse::doctor()["handOff"], ":")] + Sse::doctor() as $key => $value) $sse->send([$key, is_string($value) ? $value : count($value)]);', [], ['sse.hub_socket' => '/nowhere/hub.sock']);
show($response->body);
?>
--EXPECT--
bool(true)
string(3) "cli"
array(0) {
}
{"server":"string","path":"string","heartbeats":"string","hub":"string","handOff":"string","compression":"string","buffers":"array","advice":"array","configuration":"array"}
standard error: "[\"2 output buffer(s) open; start() closes those that may be closed\",\"level 2, not flushable\",\"php.ini: output_buffering = 4096; start() takes it out of the way\",\"php.ini: zlib.output_compression = 1; start() takes it out of the way\"]"
server: cgi-fcgi
path: to the server, past PHP's output buffers
heartbeats: from wait(), on the script's own time: this is no FastCGI request
handOff: no: this is no FastCGI request; subscribe() serves the stream from the script
compression: none: it is off (sse.compression, and the option compress)
advice: plain CGI: behind PHP-FPM or php-cgi -b heartbeats come while PHP is blocked, too

":\ndata: [\"handOff\",\"no\"]\n\ndata: [\"server\",\"cgi-fcgi\"]\n\ndata: [\"path\",\"to the server, past PHP's output buffers\"]\n\ndata: [\"heartbeats\",\"from wait(), on the script's own time: this is no FastCGI request\"]\n\ndata: [\"hub\",\"none at /nowhere/hub.sock; one is started when it is needed (sse.hub_spawn)\"]\n\ndata: [\"compression\",\"none: it is off (sse.compression, and the option compress)\"]\n\ndata: [\"buffers\",0]\n\ndata: [\"advice\",1]\n\ndata: [\"configuration\",8]\n\n"
