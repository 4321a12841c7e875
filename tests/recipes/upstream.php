<?php

/**
 * An API of OpenAI's kind: POST /chat/completions. What it answers is up to the question: "fail" is refused, "break"
 * breaks off, "silence" says nothing until its reader leaves. Between two tokens it waits at the gate.
 */

$request = json_decode(file_get_contents('php://input'), true);
if ($_SERVER['REQUEST_METHOD'] !== 'POST' || !str_ends_with($_SERVER['REQUEST_URI'], '/v1/chat/completions')
    || $request['stream'] !== true || $_SERVER['HTTP_AUTHORIZATION'] !== 'Bearer secret') {
    http_response_code(404);
    exit;
}
$question = $request['messages'][0]['content'];
if ($question === 'fail') {
    http_response_code(429);
    header('Content-Type: application/json');
    exit('{"error":{"message":"Rate limit reached"}}');
}

$sse = Sse::start();
$sse->onClose(fn ($reason) => note("upstream: $reason->name"));
$chunk = fn (array $choices) => $sse->send(['object' => 'chat.completion.chunk', 'choices' => $choices]);
$chunk([['delta' => ['role' => 'assistant', 'content' => '']]]);
if ($question === 'silence') {
    while ($sse->wait(60));
    exit;
}
foreach (['Two', " lines:\n\n", 'é', '0'] as $token) {
    gate();
    $chunk([['delta' => ['content' => $token]]]);
    $question === 'break' && exit;
}
$chunk([['delta' => [], 'finish_reason' => 'stop']]);
$chunk([]);
$sse->close('[DONE]');
