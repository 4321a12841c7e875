<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\Mercure;

/** What a subscriber asks for by one parameter: one topic, or those of a pattern. */
final class Selector
{
    public function __construct(
        public readonly string $text,
        /** Null: it is one topic. */
        public readonly ?TopicPattern $pattern = null,
    ) {
    }
}
