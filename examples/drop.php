<?php

/*
 * Breaks off every open notifications.php, as a server that restarts or a network that fails would:
 * the browser reconnects by itself, with Last-Event-ID, and notifications.php carries on from there.
 *
 *     curl -X POST http://127.0.0.1:8080/drop.php
 */

require __DIR__ . '/lib/DropSignal.php';

if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    http_response_code(405);
    exit("POST it\n");
}

DropSignal::raise();
http_response_code(204);
