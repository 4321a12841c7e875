<?php

/** A loop of the shape that libraries have: an object sends what a callback gives, until that says stop. */

require __DIR__ . '/scene.php';

final class Stop extends Exception
{
}

final class EventSender
{
    public function __construct(private Closure $callback)
    {
    }

    public function start(): void
    {
        while (true) {
            try {
                echo ($this->callback)();
            } catch (Stop) {
                return;
            }
            if (ob_get_level() > 0) {
                ob_flush();
            }
            flush();
            if (connection_aborted()) {
                return;
            }
        }
    }
}

header('Content-Type: text/event-stream');
header('Cache-Control: no-cache');
header('Connection: keep-alive');
header('X-Accel-Buffering: no');

$events = scene();
$begun = false;
(new EventSender(function () use ($events, &$begun) {
    $begun ? $events->next() : $begun = true;

    return $events->valid() ? $events->current() : throw new Stop();
}))->start();
