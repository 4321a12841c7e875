<?php

/*
 * Says something in a chat room: an ordinary script. Everyone who listens gets it, whichever worker
 * or machine has opened their stream.
 *
 *     curl -d room=lobby -d text=Hello http://127.0.0.1:8080/say.php
 */

require __DIR__ . '/lib/rooms.php';

$topic = room_topic($_POST['room'] ?? 'lobby');
$text = $_POST['text'] ?? null;
if (!is_string($text) || preg_match('/\A\P{Cc}{1,200}\z/u', $text) !== 1) {
    http_response_code(422);
    exit("text must be 1 to 200 characters\n");
}

Sse::publish($topic, ['text' => $text, 'time' => time()], 'chat');
http_response_code(204);
