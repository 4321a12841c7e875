<?php

declare(strict_types=1);

namespace PhpSse\SseBundle;

use Generator;
use Sse;
use Symfony\Component\HttpFoundation\EventStreamResponse as BaseResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\ServerEvent;

/**
 * Symfony's EventStreamResponse (7.3 and later) on the extension: a controller changes its `use` line and nothing
 * else. Every event is one write; heartbeats go out, and the stream ends when its client leaves.
 */
class EventStreamResponse extends BaseResponse
{
    private ?Sse $stream = null;
    private ?string $lastEventId = null;

    /** @param array<string, string> $headers further headers; they win */
    public function __construct(
        ?callable $callback = null,
        int $status = 200,
        array $headers = [],
        ?int $retry = null,
    ) {
        parent::__construct($callback, $status, Sse::headers(null, $headers), $retry);
    }

    /** The first is the controller's; the kernel then puts one of its own around it. */
    public function setCallback(callable $callback): static
    {
        if (null !== $this->callback) {
            return parent::setCallback($callback);
        }
        $this->callback = function () use ($callback): void {
            // stream() closes it, whatever the callback throws: no error page gets into the stream.
            Sse::stream(
                fn (Sse $stream) => $this->run($stream, $callback),
                retry: $this->getRetry(),
                lastEventId: $this->lastEventId,
            );
        };

        return $this;
    }

    public function prepare(Request $request): static
    {
        $this->lastEventId = LastEventId::of($request);

        return parent::prepare($request);
    }

    public function sendEvent(ServerEvent $event): static
    {
        $this->stream?->send($event);

        return $this;
    }

    /** Runs the callback, which sends events itself, or returns some. */
    private function run(Sse $stream, callable $callback): ?Generator
    {
        $this->stream = $stream;
        $events = $callback($this);
        if (is_iterable($events)) {
            return (static fn () => yield from $events)();
        }
        $stream->close();

        return null;
    }
}
