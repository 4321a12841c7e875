<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Testing;

use Illuminate\Testing\Assert;
use PhpSse\Laravel\SseService;
use Sse;
use SseEvent;

/**
 * Stands in for the hub in tests: keeps what is published, and has streams that subscribe get it, and end.
 *
 * What the hub would refuse is refused.
 */
class SseFake extends SseService
{
    /** @var list<array{topics: list<string>, data: mixed, event: ?string, id: string}> */
    private array $published = [];

    /** @var list<string> */
    private array $subscribed = [];

    public function publish(string|array $topics, mixed $data, ?string $event = null): string
    {
        Sse::encode($data, $event);
        $id = count($this->published) + 1 . '-0';
        $this->published[] = ['topics' => (array) $topics] + compact('data', 'event', 'id');

        return $id;
    }

    public function subscribe(
        string|array $topics,
        ?callable $filter = null,
        bool $handOff = true,
        iterable $first = [],
        mixed ...$options,
    ): bool {
        $this->subscribed = array_merge($this->subscribed, (array) $topics);
        $sse = Sse::start(...$options);
        $sse->sendMany($first);
        foreach ($this->published as $publication) {
            $topic = array_values(array_intersect($publication['topics'], (array) $topics))[0] ?? null;
            $event = new SseEvent($publication['data'], $publication['event'], $publication['id']);
            if ($topic !== null && ($filter === null || $filter($event, $topic))) {
                $sse->send($event);
            }
        }
        $sse->close();

        return false;
    }

    public function status(): array
    {
        return ['running' => true, 'lastEventId' => count($this->published) . '-0'];
    }

    /** @return list<mixed> the data of what was published under a topic */
    public function published(string $topic): array
    {
        $isOfTopic = fn (array $publication) => in_array($topic, $publication['topics'], true);

        return array_values(array_column(array_filter($this->published, $isOfTopic), 'data'));
    }

    /** @param (callable(mixed): bool)|null $check asked about the data; null: any */
    public function assertPublished(string $topic, ?callable $check = null): void
    {
        $found = array_filter($this->published($topic), $check ?? fn () => true);
        Assert::assertNotEmpty($found, "Nothing like it was published under \"$topic\". " . $this->describe());
    }

    public function assertNotPublished(string $topic): void
    {
        Assert::assertEmpty($this->published($topic), "Something was published under \"$topic\". " . $this->describe());
    }

    public function assertNothingPublished(): void
    {
        Assert::assertEmpty($this->published, 'Something was published. ' . $this->describe());
    }

    public function assertSubscribed(string $topic): void
    {
        $topics = implode(', ', $this->subscribed) ?: 'none';
        Assert::assertContains($topic, $this->subscribed, "No stream follows \"$topic\". Followed were: $topics.");
    }

    private function describe(): string
    {
        $line = fn (array $publication) => '  ' . implode(', ', $publication['topics'])
            . ': ' . json_encode($publication['data']);

        return $this->published === [] ? 'Nothing was published.'
            : "Published was:\n" . implode("\n", array_map($line, $this->published));
    }
}
