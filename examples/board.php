<?php

/*
 * A board of quotes, which worker.php renders anew four times a second. Its stream is compressed: the hub encodes an
 * event once for all who watch, and what has not changed takes next to nothing.
 *
 *     curl -N --compressed http://127.0.0.1:8080/board.php
 */

Sse::start(retry: 2000, compress: true)->subscribe('board');
