<?php
/**
 * Publishes 1, 2, 3, ... every few milliseconds until the file that is named comes into being, then "end".
 */
for ($n = 1; !file_exists($argv[1]); $n++) {
    Sse::publish('numbers', $n);
    usleep(5000);
    clearstatcache();
}
Sse::publish('numbers', 'end');
echo $n - 1, "\n";
