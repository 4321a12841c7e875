<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Broadcasting;

/**
 * The id that a client has made up for its connection, and sends as `X-Socket-ID`: `toOthers()` leaves it out.
 *
 * Everyone in a channel gets its events, so the id itself stands in none of them: whoever knew it could keep
 * events from that client. A mark stands there that only the application can make, and that each client is told
 * of its own id.
 */
final class SocketId
{
    /** The mark of an id; null where it is none. */
    public static function mark(mixed $id, string $key): ?string
    {
        $isOne = is_string($id) && preg_match('/^[A-Za-z0-9._-]{8,64}$/D', $id) === 1;

        return $isOne ? substr(hash_hmac('sha256', "sse socket $id", $key), 0, 24) : null;
    }
}
