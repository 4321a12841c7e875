<?php

/*
 * Posts a notification, for notifications.php to send. An ordinary script: the streams that are open
 * find the entry in the log.
 *
 *     curl -d text=Hello http://127.0.0.1:8080/notify.php
 */

require __DIR__ . '/lib/NotificationLog.php';

$text = $_POST['text'] ?? null;
if (!is_string($text) || preg_match('/\A\P{Cc}{1,200}\z/u', $text) !== 1) {
    http_response_code(422);
    exit("text must be 1 to 200 characters\n");
}

http_response_code((new NotificationLog())->append($text) ? 204 : 507);
