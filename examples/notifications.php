<?php

/*
 * A list that loses nothing and repeats nothing. Every event has an id; a client that comes back says
 * which one it saw last (EventSource by itself, after a lost connection; the page, after a reload,
 * with ?lastEventId=), and gets what came after it. The silence between is filled with heartbeats.
 *
 *     curl -N http://127.0.0.1:8080/notifications.php
 *     curl -d text=Hello http://127.0.0.1:8080/notify.php
 */

require __DIR__ . '/lib/NotificationLog.php';
require __DIR__ . '/lib/DropSignal.php';

$log = new NotificationLog();
$drop = new DropSignal(); // for the page's "Drop the connection", not for your script
$sse = Sse::start(heartbeat: 3, retry: 2000);
$seen = (int) $sse->lastEventId;

do {
    foreach ($log->after($seen) as $seen => $notification) {
        $sse->send($notification, 'notification', id: $seen);
    }
} while ($sse->wait(0.2) && !$drop->isRaised());
