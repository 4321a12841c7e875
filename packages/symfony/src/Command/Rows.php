<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\Command;

/** The rows of a table with the values of an array, those inside others under `outer.inner`. */
final class Rows
{
    /**
     * @param array<string, mixed> $values
     *
     * @return list<array{string, string}>
     */
    public static function of(array $values, string $prefix = ''): array
    {
        $rows = [];
        foreach ($values as $name => $value) {
            $rows = \is_array($value)
                ? [...$rows, ...self::of($value, "$prefix$name.")]
                : [...$rows, ["$prefix$name", \is_bool($value) ? ($value ? 'yes' : 'no') : (string) $value]];
        }

        return $rows;
    }
}
