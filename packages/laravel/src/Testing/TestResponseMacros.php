<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Testing;

use Illuminate\Support\Collection;
use Illuminate\Testing\Assert;
use Illuminate\Testing\TestResponse;
use SseEvent;
use SseParser;

/**
 * What tests ask of an event stream: `sseEvents()`, `assertEventStreamed()`, `assertEventNotStreamed()`.
 *
 * They run the stream to its end. One that follows topics ends when `Sse::fake()` has been called.
 */
final class TestResponseMacros
{
    public static function register(): void
    {
        TestResponse::macro('sseEvents', function (): Collection {
            return TestResponseMacros::events($this);
        });
        TestResponse::macro('assertEventStreamed', function (string $event, mixed ...$data): TestResponse {
            $events = TestResponseMacros::events($this);
            Assert::assertTrue(
                TestResponseMacros::hasEvent($events, $event, $data),
                "No such event \"$event\" was streamed. " . TestResponseMacros::describe($events)
            );

            return $this;
        });
        TestResponse::macro('assertEventNotStreamed', function (string $event, mixed ...$data): TestResponse {
            $events = TestResponseMacros::events($this);
            Assert::assertFalse(
                TestResponseMacros::hasEvent($events, $event, $data),
                "The event \"$event\" was streamed. " . TestResponseMacros::describe($events)
            );

            return $this;
        });
    }

    /** @return Collection<int, ReceivedEvent> */
    public static function events(TestResponse $response): Collection
    {
        $type = (string) $response->headers->get('Content-Type');
        Assert::assertStringStartsWith('text/event-stream', $type, "The response is no event stream, but \"$type\".");
        $received = fn (SseEvent $event) => new ReceivedEvent($event->event ?? 'message', $event->data, $event->id);

        return Collection::make((new SseParser())->feed($response->streamedContent()))->map($received);
    }

    /**
     * @param Collection<int, ReceivedEvent> $events
     * @param list<mixed> $data none: any; a string: the data as it is; a callable: asked about the event; else what
     *        the data is as JSON
     */
    public static function hasEvent(Collection $events, string $event, array $data): bool
    {
        return $events->contains(fn (ReceivedEvent $received) => $received->event === $event
            && ($data === [] || self::is($received, reset($data))));
    }

    private static function is(ReceivedEvent $received, mixed $expected): bool
    {
        return match (true) {
            is_string($expected) => $received->data === $expected,
            is_callable($expected) => (bool) $expected($received),
            default => $received->json() === $expected,
        };
    }

    /** @param Collection<int, ReceivedEvent> $events */
    public static function describe(Collection $events): string
    {
        $lines = $events->map(fn (ReceivedEvent $event) => "  $event->event: $event->data");

        return $lines->isEmpty() ? 'There was no event.' : "These were:\n" . $lines->implode("\n");
    }
}
