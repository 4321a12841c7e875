<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Doctor;

/** One thing that was looked at: how it is, or what is wrong and what to do. */
final class Finding
{
    private function __construct(
        public readonly string $name,
        public readonly string $words,
        public readonly bool $isGood,
    ) {
    }

    public static function good(string $name, string $words): self
    {
        return new self($name, $words, true);
    }

    public static function wrong(string $name, string $words): self
    {
        return new self($name, $words, false);
    }
}
