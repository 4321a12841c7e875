<?php

/** A loop as the tutorials have it. */

require __DIR__ . '/scene.php';

header('Content-Type: text/event-stream');
header('Cache-Control: no-cache');
header('Connection: keep-alive');

foreach (scene() as $event) {
    echo $event;
    ob_flush();
    flush();

    if (connection_aborted()) {
        break;
    }
}
