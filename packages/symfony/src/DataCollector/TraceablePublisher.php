<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\DataCollector;

use PhpSse\SseBundle\Publisher;
use Sse;
use Symfony\Component\HttpFoundation\ServerEvent;
use Symfony\Contracts\Service\ResetInterface;

/** Notes what is published, for the profiler. */
final class TraceablePublisher implements Publisher, ResetInterface
{
    /** What one request may show of each event. */
    private const MAX_CHARACTERS = 500;

    private const AS_PUBLISHED = \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_PARTIAL_OUTPUT_ON_ERROR;

    /** @var list<array{id: ?string, topics: list<string>, event: string, data: string, milliseconds: float}> */
    private array $published = [];

    public function __construct(private readonly Publisher $publisher)
    {
    }

    public function publish(string|array $topics, mixed $data, ?string $event = null): string
    {
        $id = null;
        $start = hrtime(true);
        try {
            return $id = $this->publisher->publish($topics, $data, $event);
        } finally {
            $this->published[] = [
                'id' => $id,
                'topics' => array_values((array) $topics),
                'event' => $event ?? 'message',
                'data' => self::shown($data),
                'milliseconds' => (hrtime(true) - $start) / 1e6,
            ];
        }
    }

    /** @return list<array{id: ?string, topics: list<string>, event: string, data: string, milliseconds: float}> */
    public function published(): array
    {
        return $this->published;
    }

    public function reset(): void
    {
        $this->published = [];
    }

    private static function shown(mixed $data): string
    {
        $text = match (true) {
            \is_string($data) => $data,
            $data instanceof ServerEvent => rtrim(Sse::encode($data)),
            $data instanceof \Stringable && !$data instanceof \JsonSerializable => rtrim((string) $data),
            default => (string) json_encode($data, self::AS_PUBLISHED),
        };

        $text = mb_scrub($text, 'UTF-8');
        $start = mb_substr($text, 0, self::MAX_CHARACTERS, 'UTF-8');

        return $start === $text ? $text : "$start …";
    }
}
