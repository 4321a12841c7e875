<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\DataCollector;

use PhpSse\SseBundle\EventStreamResponse;
use PhpSse\SseBundle\SseResponse;
use Sse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\DataCollector\DataCollector;
use Symfony\Component\HttpKernel\DataCollector\LateDataCollectorInterface;

/** The profiler's panel: what the request has published, the stream that it is, and how the server serves streams. */
final class SseDataCollector extends DataCollector implements LateDataCollectorInterface
{
    public function __construct(private readonly TraceablePublisher $publisher)
    {
        $this->reset();
    }

    public function collect(Request $request, Response $response, ?\Throwable $exception = null): void
    {
        if ($response instanceof SseResponse || $response instanceof EventStreamResponse) {
            $this->data['stream'] = [
                'topics' => $response instanceof SseResponse ? $response->getTopics() : [],
            ];
        }
    }

    /** After the response: what is published by then is seen, too. */
    public function lateCollect(): void
    {
        $this->data['published'] = $this->publisher->published();
        if ($this->data['published'] || $this->data['stream']) {
            $this->data['server'] = Sse::doctor();
        }
    }

    /** @return list<array{id: ?string, topics: list<string>, event: string, data: string, milliseconds: float}> */
    public function getPublished(): array
    {
        return $this->data['published'];
    }

    /** @return array{topics: list<string>}|null */
    public function getStream(): ?array
    {
        return $this->data['stream'];
    }

    /** @return array<string, mixed> as Sse::doctor() gives it */
    public function getServer(): array
    {
        return $this->data['server'];
    }

    public function getName(): string
    {
        return 'sse';
    }

    public function reset(): void
    {
        $this->data = ['published' => [], 'stream' => null, 'server' => []];
    }
}
