<?php

declare(strict_types=1);

namespace PhpSse\SseBundle;

use Sse;

/** Publishes through the extension's hub. */
final class HubPublisher implements Publisher
{
    public function publish(string|array $topics, mixed $data, ?string $event = null): string
    {
        return Sse::publish($topics, $data, $event);
    }
}
