<?php

declare(strict_types=1);

namespace PhpSse\SseBundle;

use Sse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\StreamedResponse;

/**
 * An event stream as a response.
 *
 *     return new SseResponse(fn () => $prices->latest(), interval: 0.5, event: 'prices');
 *     return SseResponse::subscribe("orders.{$user->getId()}");
 *
 * Sources, topics and options are those of Sse::stream(), Sse::start() and Sse::subscribe(). What has to be
 * read of the session is read in the controller: the session is saved before the stream begins.
 */
final class SseResponse extends StreamedResponse
{
    private ?string $lastEventId = null;

    /** @var list<string> */
    private array $topics = [];

    /**
     * @param callable|iterable<mixed>  $source      a callable that is asked again every $interval seconds, or what is
     *                                               to be sent; SseEvent and ServerEvent are events
     * @param string|list<string>|null  $allowOrigin origins of other sites that may read the stream
     * @param array<string, string>     $headers     further headers of the response
     * @param bool                      $changes     sends a value only where it differs from the last one
     * @param bool|string|list<string>|null $compress content codings that the stream may have, as for Sse::start()
     */
    public function __construct(
        callable|iterable $source,
        float $interval = 1.0,
        ?string $event = null,
        ?float $heartbeat = null,
        ?int $retry = null,
        ?float $maxLifetime = null,
        string|array|null $allowOrigin = null,
        array $headers = [],
        ?string $limitKey = null,
        ?int $limit = null,
        string $onLimit = 'refuse',
        bool $changes = false,
        bool|string|array|null $compress = null,
    ) {
        $options = compact('heartbeat', 'retry', 'maxLifetime', 'limitKey', 'limit', 'onLimit', 'changes', 'compress');
        parent::__construct(
            fn () => Sse::stream($source, $interval, $event, ...$options, lastEventId: $this->lastEventId),
            self::HTTP_OK,
            Sse::headers($allowOrigin, $headers, $compress),
        );
    }

    /**
     * A stream of what is published under the topics; the hub holds it, and the worker is free.
     *
     * @param string|list<string>      $topics
     * @param callable|null            $filter      fn (SseEvent $event, string $topic): bool; the stream stays with the
     *                                              worker then
     * @param string|list<string>|null $allowOrigin as for the constructor
     * @param array<string, string>    $headers     further headers of the response
     * @param bool|string|list<string>|null $compress as for the constructor
     */
    public static function subscribe(
        string|array $topics,
        ?callable $filter = null,
        bool $handOff = true,
        ?float $heartbeat = null,
        ?int $retry = null,
        ?float $maxLifetime = null,
        string|array|null $allowOrigin = null,
        array $headers = [],
        ?string $limitKey = null,
        ?int $limit = null,
        string $onLimit = 'refuse',
        bool|string|array|null $compress = null,
    ): self {
        $response = new self([], allowOrigin: $allowOrigin, headers: $headers, compress: $compress);
        $response->topics = array_values((array) $topics);
        $options = compact('heartbeat', 'retry', 'maxLifetime', 'limitKey', 'limit', 'onLimit', 'compress');
        $response->setCallback(static function () use ($response, $topics, $filter, $handOff, $options): void {
            $stream = Sse::start(...$options, lastEventId: $response->lastEventId);
            $stream->subscribe($topics, $filter, $handOff);
        });

        return $response;
    }

    /** Takes the last event ID from the request, which in a test is no request that PHP knows of. */
    public function prepare(Request $request): static
    {
        $this->lastEventId = LastEventId::of($request);

        return parent::prepare($request);
    }

    /**
     * The topics that the stream follows; none where it has a source.
     *
     * @return list<string>
     */
    public function getTopics(): array
    {
        return $this->topics;
    }
}
