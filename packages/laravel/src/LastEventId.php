<?php

declare(strict_types=1);

namespace PhpSse\Laravel;

use Illuminate\Http\Request;

/**
 * The last event ID as Laravel's request has it, which is not always PHP's: in a test, under Octane.
 */
final class LastEventId
{
    private const LONGEST = 4096;

    /** The header, else the query parameter under any of its spellings; "": none, or none that can be one. */
    public static function of(Request $request): string
    {
        $id = $request->headers->get('Last-Event-ID') ?? '';
        foreach ($id === '' ? $request->query->all() : [] as $name => $value) {
            if (is_string($value) && str_replace(['-', '_'], '', strtolower((string) $name)) === 'lasteventid') {
                $id = $value;
            }
        }
        $isOne = strlen($id) <= self::LONGEST && preg_match('/^\P{Cc}*$/u', $id) === 1;

        return $isOne ? $id : '';
    }
}
