<?php

/*
 * Relays an upstream that may be silent for long, with curl. curl asks the progress function about once
 * a second, also while nothing comes: when the reader has left, the answer ends the transfer, and with
 * it the request that costs money.
 *
 *     curl -N http://127.0.0.1:8080/curl-relay.php
 */

$parser = new SseParser();
$sse = Sse::start();

$upstream = curl_init("http://{$_SERVER['SERVER_NAME']}:{$_SERVER['SERVER_PORT']}/llm-upstream.php");
curl_setopt_array($upstream, [
    CURLOPT_NOPROGRESS => false,
    CURLOPT_XFERINFOFUNCTION => fn () => $sse->isOpen() ? 0 : 1,
    CURLOPT_WRITEFUNCTION => function (CurlHandle $upstream, string $chunk) use ($sse, $parser): int {
        foreach ($parser->feed($chunk) as $event) {
            $sse->send($event);
        }

        return strlen($chunk);
    },
]);
curl_exec($upstream);
$sse->close(event: 'done');
