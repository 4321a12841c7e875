<?php

/*
 * Stands for a language model's API: the event stream that such a provider sends, a few letters at a
 * time, closed by the customary [DONE]. llm-relay.php reads it.
 *
 *     curl -N http://127.0.0.1:8080/llm-upstream.php
 */

const ANSWER = <<<'TEXT'
    Server-Sent Events are one HTTP response that simply does not end…

    The server writes lines of text, and the browser turns them into events. When the connection is lost, it reconnects by itself and says what it saw last: no library, no protocol upgrade, no polling.

    These very words left one event stream, went through SseParser, and reached you through another.
    TEXT;

preg_match_all('/\s*\S{1,4}/u', ANSWER, $tokens);
$sse = Sse::start();

foreach ($tokens[0] as $token) {
    $sse->wait(0.04) || exit;
    $sse->send(['choices' => [['delta' => ['content' => $token]]]]);
}

$sse->close('[DONE]');
