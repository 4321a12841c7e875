<?php

/*
 * The chat, the orders and the dashboard in one stream: a browser has only six connections for a site
 * (over HTTP/1.1), and a stream may follow 256 topics. The page uses this one.
 *
 *     curl -N 'http://127.0.0.1:8080/live.php?room=lobby'
 */

require __DIR__ . '/lib/rooms.php';

$topics = [room_topic($_GET['room'] ?? 'lobby'), 'orders.demo', 'dashboard'];
Sse::start(retry: 2000)->subscribe($topics);
