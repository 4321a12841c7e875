<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\Mercure;

use InvalidArgumentException;

/**
 * Reads the query of a subscriber as Mercure's hub does: `topic` of 0.x, which is a topic or a URI template, and
 * `match`, `match_exact` and `match_urlpattern` of 1.0. PHP keeps the last of several parameters of one name; here
 * each counts.
 */
final class SubscribeQuery
{
    /** Mercure's own bounds. */
    private const MAX_SELECTORS = 100;
    private const MAX_BYTES = 4096;

    /**
     * @return non-empty-list<Selector>
     *
     * @throws InvalidArgumentException whose message is for the client
     */
    public static function selectors(string $query): array
    {
        $selectors = [];
        foreach (explode('&', $query) as $pair) {
            [$name, $value] = array_map(urldecode(...), explode('=', $pair, 2) + [1 => '']);
            $selector = self::selector($name, $value);
            if (null !== $selector && self::MAX_SELECTORS < \count($selectors) + 1) {
                throw new InvalidArgumentException('There are more than ' . self::MAX_SELECTORS . ' topics.');
            }
            $selectors = null === $selector ? $selectors : [...$selectors, $selector];
        }

        return $selectors ?: throw new InvalidArgumentException('The parameter "topic" or "match" is missing.');
    }

    private static function selector(string $name, string $value): ?Selector
    {
        $isPattern = match ($name) {
            'topic' => TopicPattern::isOne($value),
            'match', 'match_exact' => '*' === $value,
            'match_urlpattern' => true,
            default => null,
        };
        if (null === $isPattern && str_starts_with(strtolower($name), 'match')) {
            throw new InvalidArgumentException(
                'There is "match", "match_exact" and "match_urlpattern"; names are case-sensitive.',
            );
        }
        if (null === $isPattern) {
            return null;
        }
        if (\strlen($value) > self::MAX_BYTES || 1 !== preg_match('/^\P{Cc}+$/Du', $value)) {
            throw new InvalidArgumentException('A topic has 1 to 4096 bytes of UTF-8, without control characters.');
        }

        return new Selector($value, $isPattern ? TopicPattern::parse($value) : null);
    }
}
