<?php

declare(strict_types=1);

namespace PhpSse\SseBundle;

/** Sse::publish() as a service, which the profiler sees and a test can replace. */
interface Publisher
{
    /**
     * @param string|list<string> $topics
     *
     * @return string the id of the event
     *
     * @throws \SseException when the hub cannot be reached, or cannot do it
     */
    public function publish(string|array $topics, mixed $data, ?string $event = null): string;
}
