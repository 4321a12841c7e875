<?php

/*
 * A chat room. The script decides who may listen to what; then the connection moves to the hub, and
 * this worker is free. Who comes back gets what was said meanwhile.
 *
 *     curl -N 'http://127.0.0.1:8080/chat.php?room=lobby'
 *     curl -d room=lobby -d text=Hello http://127.0.0.1:8080/say.php
 */

require __DIR__ . '/lib/rooms.php';

$topic = room_topic($_GET['room'] ?? 'lobby');
Sse::start(retry: 2000)->subscribe($topic);
