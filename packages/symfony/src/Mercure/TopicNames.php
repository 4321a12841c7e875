<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\Mercure;

/**
 * The names that Mercure's topics have in the hub, whose topics are plain names of at most 256 bytes:
 *
 *     mercure:topic:https://example.com/books/1    a topic
 *     mercure:each:https://example.com/books/      every topic that is one segment longer
 *     mercure:pattern:https://example.com/{}/{}    every topic that matches a pattern of the configuration
 *     mercure:hash:<sha256>                        one of these that is too long
 *     mercure-private:...                          the same for private updates, which only those follow who may
 *
 * An update is published under all names of its topics, and each subscriber gets it once. Clients of Mercure reach
 * no other topics of the application: what Sse::publish() is given is no name that begins so.
 */
final class TopicNames
{
    private const PUBLIC = 'mercure:';
    private const PRIVATE = 'mercure-private:';

    /** A name has 256 bytes at most, with the longer of the two before it. */
    private const MAX_BYTES = 240;

    /** @var array<string, TopicPattern> by their canonical forms */
    private readonly array $patterns;

    /** @param list<string> $patterns the patterns that can be followed, beyond those of one last segment */
    public function __construct(array $patterns = [])
    {
        $parsed = [];
        foreach ($patterns as $pattern) {
            $pattern = TopicPattern::parse($pattern);
            $parsed[$pattern->canonical] = $pattern;
        }
        $this->patterns = $parsed;
    }

    /**
     * All names that an update of these topics is published under.
     *
     * @param list<string> $topics
     *
     * @return list<string>
     */
    public function published(array $topics, bool $isPrivate): array
    {
        $names = [];
        foreach ($topics as $topic) {
            $names[] = "topic:$topic";
            if (null !== $parent = self::parent($topic)) {
                $names[] = "each:$parent";
            }
            foreach ($this->patterns as $canonical => $pattern) {
                if ($pattern->matches($topic)) {
                    $names[] = "pattern:$canonical";
                }
            }
        }

        $inHub = static fn (string $name): string => self::name($name, $isPrivate);

        return array_map($inHub, array_values(array_unique($names)));
    }

    /** The name of one topic, for a stream of the application's that follows it beside others. */
    public function ofTopic(string $topic, bool $isPrivate = false): string
    {
        return self::name("topic:$topic", $isPrivate);
    }

    /** The name of a pattern; null where nothing is published under it. */
    public function ofPattern(TopicPattern $pattern, bool $isPrivate = false): ?string
    {
        if (isset($this->patterns[$pattern->canonical])) {
            return self::name("pattern:$pattern->canonical", $isPrivate);
        }
        $parent = $pattern->parent();

        return null === $parent ? null : self::name("each:$parent", $isPrivate);
    }

    /** All before the last segment of a path, if the topic has one: `https://example.com` is under nothing. */
    private static function parent(string $topic): ?string
    {
        $end = strrpos($topic, '/');
        $isPath = $end && !\in_array($topic[$end - 1], ['/', ':'], true) && $end + 1 < \strlen($topic);

        return $isPath && false === strpbrk(substr($topic, $end), '?#') ? substr($topic, 0, $end + 1) : null;
    }

    private static function name(string $name, bool $isPrivate): string
    {
        $bounded = \strlen($name) > self::MAX_BYTES ? 'hash:' . hash('sha256', $name) : $name;

        return ($isPrivate ? self::PRIVATE : self::PUBLIC) . $bounded;
    }
}
