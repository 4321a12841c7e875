<?php

declare(strict_types=1);

namespace PhpSse\Laravel;

use Closure;
use Throwable;

/**
 * The extension as an object: to be injected, and replaced by a fake in tests.
 *
 * `$options` are those of `Sse::start()`, by name; `stream()` has `changes`, too.
 */
class SseService
{
    private ?Closure $errorEvent = null;

    /** A whole stream, as `Sse::stream()`. */
    public function stream(callable|iterable $source, float $interval = 1.0, ?string $event = null, mixed ...$options): bool
    {
        return \Sse::stream($source, $interval, $event, ...$options);
    }

    /**
     * Opens the stream of this request, sends the events in `$first`, and goes on with what is published.
     *
     * @param string|list<string> $topics
     * @param callable(\SseEvent, string): bool|null $filter
     * @param iterable<mixed> $first
     * @return bool true: the hub has it now; false: it was served from here, and has stopped
     */
    public function subscribe(
        string|array $topics,
        ?callable $filter = null,
        bool $handOff = true,
        iterable $first = [],
        mixed ...$options,
    ): bool {
        $sse = \Sse::start(...$options);
        $sse->sendMany($first);

        return $sse->subscribe($topics, $filter, $handOff);
    }

    /**
     * Publishes an event, as `Sse::publish()`.
     *
     * @param string|list<string> $topics
     * @return string the event's id
     */
    public function publish(string|array $topics, mixed $data, ?string $event = null): string
    {
        return \Sse::publish($topics, $data, $event);
    }

    /** @return array<string, mixed> as `Sse::status()` */
    public function status(): array
    {
        return \Sse::status();
    }

    /** @return array<string, mixed> as `Sse::doctor()` */
    public function doctor(): array
    {
        return \Sse::doctor();
    }

    /** What Laravel's request says is the last event ID; null: none. */
    public function lastEventId(): ?string
    {
        $id = LastEventId::of(request());

        return $id === '' ? null : $id;
    }

    /** Where the events of the hub are now; null where no hub runs, or none that answers. */
    public function position(): ?string
    {
        try {
            return $this->status()['lastEventId'] ?? null;
        } catch (\SseException) {
            // A stream goes on without, as php.ini says (sse.hand_off), and says why.
            return null;
        }
    }

    /**
     * Says what a stream's client is sent when its source throws, unless the response says it itself.
     *
     * @param (Closure(Throwable): mixed)|null $event gives the data, or an `SseEvent`; null: nothing
     */
    public function renderErrorsUsing(?Closure $event): void
    {
        $this->errorEvent = $event;
    }

    /** What a client is sent about an exception; null: nothing. */
    public function errorEvent(Throwable $error): mixed
    {
        return $this->errorEvent === null ? null : ($this->errorEvent)($error);
    }
}
