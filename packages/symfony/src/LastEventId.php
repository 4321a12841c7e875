<?php

declare(strict_types=1);

namespace PhpSse\SseBundle;

use Symfony\Component\HttpFoundation\Request;

/** The last event ID that a request brings: by its header, or by a query parameter in any of its spellings. */
final class LastEventId
{
    /** What Sse::start() takes at most; a longer one is no id of a hub. */
    private const MAX_BYTES = 4096;

    /** The id; '' where the request has none, or something that cannot be one. */
    public static function of(Request $request): string
    {
        $claims = [$request->headers->get('Last-Event-ID')];
        foreach ($request->query->all() as $name => $value) {
            if ('lasteventid' === strtolower(strtr((string) $name, ['-' => '', '_' => '']))) {
                $claims[] = $value;
            }
        }
        foreach ($claims as $claim) {
            if (\is_string($claim) && '' !== $claim) {
                return self::isId($claim) ? $claim : '';
            }
        }

        return '';
    }

    private static function isId(string $claim): bool
    {
        return \strlen($claim) <= self::MAX_BYTES && 1 === preg_match('/^\P{Cc}+$/Du', $claim);
    }
}
