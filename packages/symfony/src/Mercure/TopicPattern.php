<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\Mercure;

use InvalidArgumentException;

/**
 * A pattern of topics, in either of Mercure's languages, which come to the same here:
 *
 *     https://example.com/books/{id}    0.x: a URI template
 *     https://example.com/books/:id     1.0: a URL pattern
 *     *                                 both: every topic
 *
 * `{id}` and `:id` stand for one segment of a path, `{+path}` and `*` for anything, `{?page}` for a query or none.
 */
final class TopicPattern
{
    private const EXPRESSION = '~(\{[?+]?[\w.,%]+\}|(?<=/):[A-Za-z_]\w*|\*)~';

    private function __construct(
        /** The same for all patterns that differ in the names of their variables, and in their language, only. */
        public readonly string $canonical,
        private readonly string $regex,
    ) {
    }

    /** @throws InvalidArgumentException when an expression is none of those above */
    public static function parse(string $pattern): self
    {
        [$canonical, $regex] = ['', ''];
        // Text and expressions take turns; the first and the last are text, if an empty one.
        foreach ((array) preg_split(self::EXPRESSION, $pattern, -1, \PREG_SPLIT_DELIM_CAPTURE) as $index => $part) {
            [$form, $match] = $index % 2 ? self::expression($part) : self::text($part, $pattern);
            $canonical .= $form;
            $regex .= $match;
        }

        return new self($canonical, "~^$regex\$~Ds");
    }

    /** Whether a selector of Mercure 0.x is more than the name of one topic. */
    public static function isOne(string $selector): bool
    {
        return '*' === $selector || str_contains($selector, '{');
    }

    public function matches(string $topic): bool
    {
        return 1 === preg_match($this->regex, $topic);
    }

    /** For a pattern whose one expression is its last segment: all before that; otherwise null. */
    public function parent(): ?string
    {
        $parent = substr($this->canonical, 0, -2);

        return str_ends_with($this->canonical, '/{}') && !str_contains($parent, '{') ? $parent : null;
    }

    /** @return array{string, string} its canonical form, and what it matches */
    private static function expression(string $expression): array
    {
        return match (true) {
            str_starts_with($expression, '{?') => ['{?}', '(?:\?[^#]*)?'],
            str_starts_with($expression, '{+'), '*' === $expression => ['{+}', '.*'],
            default => ['{}', '[^/?#]+'],
        };
    }

    /** @return array{string, string} */
    private static function text(string $text, string $pattern): array
    {
        if (str_contains($text, '{')) {
            throw new InvalidArgumentException(
                "In the pattern \"$pattern\" only {name}, {+name}, {?name}, :name and * can be expressions.",
            );
        }

        return [$text, preg_quote($text, '~')];
    }
}
