<?php

/*
 * A long job that reports its progress, and ends with an event of its own: the page closes its
 * EventSource when it sees `done`. The job stops when nobody watches any more, and a client that lost
 * its connection carries on at the row it saw last.
 *
 *     curl -N http://127.0.0.1:8080/job.php
 */

const ROWS = 80;

$sse = Sse::start();

for ($row = (int) $sse->lastEventId + 1; $row <= ROWS && $sse->wait(0.08); ++$row) {
    // ... the work on one row ...
    $sse->send(['row' => $row, 'rows' => ROWS], 'progress', id: $row);
}

$sse->close(['rows' => ROWS], 'done');
