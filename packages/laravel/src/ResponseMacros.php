<?php

declare(strict_types=1);

namespace PhpSse\Laravel;

use Closure;
use Illuminate\Routing\ResponseFactory;

/**
 * `response()->sse()` and `response()->subscribe()`.
 *
 * `$options` are those of `Sse::start()`, by name: heartbeat, retry, maxLifetime, allowOrigin, headers, limitKey,
 * limit, onLimit, compress; `sse()` has `changes` of `Sse::stream()`, too.
 */
final class ResponseMacros
{
    public static function register(): void
    {
        // No closures: Laravel would bind them to the factory, which static ones do not take.
        ResponseFactory::macro('sse', [self::class, 'sse']);
        ResponseFactory::macro('subscribe', [self::class, 'subscribe']);
    }

    /**
     * A stream of what a source gives: a callable that is asked again every `$interval` seconds, an iterable, or a
     * callable that returns one.
     *
     * @param string|null $event the type of events that bring none of their own
     * @param mixed $end the last event of a source that has come to its end
     * @param (Closure(\Throwable): mixed)|null $onError what the client is sent when the source throws, before the
     *        stream ends; the exception is reported in any case
     */
    public static function sse(
        callable|iterable $source,
        float $interval = 1.0,
        ?string $event = null,
        mixed $end = null,
        ?Closure $onError = null,
        mixed ...$options,
    ): SseResponse {
        $stream = static function (SseService $sse, array $options) use ($source, $interval, $event, $end, $onError) {
            $watched = new Source($end, $onError ?? $sse->errorEvent(...));

            return $sse->stream($watched->of($source), $interval, $event, ...$options);
        };

        return self::response($stream, $options);
    }

    /**
     * A stream of what is published under the topics. The hub takes it over, and the worker is free.
     *
     * @param string|list<string> $topics
     * @param callable(\SseEvent, string): bool|null $filter as for `Sse::subscribe()`: with one, the worker stays
     * @param iterable<mixed> $first events that the client gets before
     */
    public static function subscribe(
        string|array $topics,
        ?callable $filter = null,
        bool $handOff = true,
        iterable $first = [],
        mixed ...$options,
    ): SseResponse {
        $stream = static fn (SseService $sse, array $options) =>
            $sse->subscribe($topics, $filter, $handOff, $first, ...$options);

        return self::response($stream, $options);
    }

    private static function response(Closure $stream, array $options): SseResponse
    {
        $options += ['lastEventId' => LastEventId::of(request())];
        $run = static fn () => $stream(app(SseService::class), $options);

        return new SseResponse(
            $run,
            $options['headers'] ?? [],
            $options['allowOrigin'] ?? null,
            $options['compress'] ?? null,
        );
    }
}
