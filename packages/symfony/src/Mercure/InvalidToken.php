<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\Mercure;

use RuntimeException;

/** A subscriber's token is refused; the message says why, and nothing of the token. */
final class InvalidToken extends RuntimeException
{
}
