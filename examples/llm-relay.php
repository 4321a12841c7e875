<?php

/*
 * Relays a language model's answer, token by token. SseParser reads the provider's event stream in
 * chunks of any size; each token goes out as it arrives, line breaks and all. When the client leaves,
 * the script ends, and with it the request that costs money.
 *
 *     curl -N http://127.0.0.1:8080/llm-relay.php
 */

$provider = "http://{$_SERVER['SERVER_NAME']}:{$_SERVER['SERVER_PORT']}/llm-upstream.php";
$upstream = fopen($provider, 'r') ?: throw new RuntimeException("$provider cannot be reached");
$parser = new SseParser();
$sse = Sse::start();

while ($sse->isOpen() && !feof($upstream)) {
    foreach ($parser->feed(fread($upstream, 8192)) as $event) {
        if ($event->data === '[DONE]') {
            $sse->close(event: 'done');
        } else {
            $sse->send(json_decode($event->data)->choices[0]->delta->content, 'token');
        }
    }
}
