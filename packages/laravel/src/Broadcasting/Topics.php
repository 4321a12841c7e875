<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Broadcasting;

/**
 * The hub's topics of channels: each under a prefix that is the application's own, so that the name of a channel,
 * which clients give, reaches no other topic, and no channel of another application on the same hub.
 */
final class Topics
{
    /** Bytes of a channel's name: as many as Pusher takes. A topic has at most 256. */
    public const LONGEST_CHANNEL = 164;

    private const LONGEST_PREFIX = 92;

    public function __construct(private string $prefix)
    {
        if ($prefix === '' || strlen($prefix) > self::LONGEST_PREFIX) {
            throw new \LogicException(
                'sse.prefix must have 1 to ' . self::LONGEST_PREFIX . " bytes, it is \"$prefix\": see config/sse.php"
            );
        }
    }

    /** @param string|null $prefix null: made of the application's key */
    public static function of(?string $prefix, string $key): self
    {
        return new self($prefix ?? 'laravel:' . substr(hash_hmac('sha256', 'sse topics', $key), 0, 16) . ':');
    }

    public function topic(string $channel): string
    {
        return $this->prefix . $channel;
    }

    /** What is wrong with the name of a channel; null: nothing. */
    public static function complaint(string $channel): ?string
    {
        return match (true) {
            $channel === '' => 'The name of a channel is empty.',
            strlen($channel) > self::LONGEST_CHANNEL =>
                'The name of a channel has at most ' . self::LONGEST_CHANNEL . ' bytes.',
            preg_match('/^\P{C}+$/u', $channel) !== 1 =>
                'The name of a channel is UTF-8, without control characters.',
            str_starts_with($channel, 'presence-') =>
                "\"$channel\" is a presence channel: the driver sse has none yet. Use a private channel.",
            str_starts_with($channel, 'private-encrypted-') =>
                "\"$channel\" is an encrypted channel: the driver sse has none, as no third party carries its events. "
                . 'Use a private channel.',
            default => null,
        };
    }
}
