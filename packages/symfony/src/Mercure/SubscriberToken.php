<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\Mercure;

use InvalidArgumentException;

/**
 * A Mercure subscriber's JSON Web Token, checked: the topics whose private updates its bearer may have. Both claims
 * are read, 0.x's `mercure.subscribe` and 1.0's `authorization_details`.
 */
final class SubscriberToken
{
    /** Where Mercure 0.x has it; 1.0 has it in `__Secure-mercure_access_token`. */
    public const COOKIE = 'mercureAuthorization';

    private const DETAIL = 'https://mercure.rocks/authorization-detail';

    /** The algorithms, and the hash of each. What a token says is compared with the configured one, never followed. */
    public const ALGORITHMS = ['HS256' => 'sha256', 'HS384' => 'sha384', 'HS512' => 'sha512'];

    /** What a header or a cookie has room for. */
    private const MAX_BYTES = 8192;

    /** @param array<string, mixed> $claims */
    private function __construct(private readonly array $claims)
    {
    }

    /** @throws InvalidToken when it is not what the holder of the secret has signed, or not in force now */
    public static function verify(string $token, string $secret, string $algorithm, int $now): self
    {
        $parts = \strlen($token) <= self::MAX_BYTES ? explode('.', $token) : [];
        if (3 !== \count($parts)) {
            throw new InvalidToken('It is no JSON Web Token.');
        }
        [$header, $payload, $signature] = $parts;
        if ((self::json($header)['alg'] ?? null) !== $algorithm) {
            throw new InvalidToken("It is not signed by $algorithm.");
        }
        $expected = hash_hmac(self::ALGORITHMS[$algorithm], "$header.$payload", $secret, true);
        if (!hash_equals($expected, self::decoded($signature))) {
            throw new InvalidToken('Its signature is wrong.');
        }
        $claims = self::json($payload);
        if (self::time($claims, 'exp', \PHP_INT_MAX) <= $now || self::time($claims, 'nbf', 0) > $now) {
            throw new InvalidToken('It is not in force now.');
        }

        return new self($claims);
    }

    /** How many seconds it is still in force; null: for ever. */
    public function secondsLeft(int $now): ?float
    {
        return isset($this->claims['exp']) ? (float) (self::time($this->claims, 'exp', 0) - $now) : null;
    }

    /** Whether its bearer may have all private updates of what is selected. */
    public function grants(string $selector): bool
    {
        foreach ($this->selectors() as $granted) {
            if ('*' === $granted || $granted === $selector || self::covers($granted, $selector)) {
                return true;
            }
        }

        return false;
    }

    /**
     * The single topics among those that it grants that the pattern selects.
     *
     * @return list<string>
     */
    public function grantedWithin(TopicPattern $pattern): array
    {
        return array_values(array_filter($this->selectors(), $pattern->matches(...)));
    }

    /** @return list<string> */
    private function selectors(): array
    {
        $selectors = array_values((array) ($this->claims['mercure']['subscribe'] ?? []));
        foreach ((array) ($this->claims['authorization_details'] ?? []) as $detail) {
            $actions = self::DETAIL === ($detail['type'] ?? null) ? (array) ($detail['actions'] ?? []) : [];
            if (\in_array('subscribe', $actions, true)) {
                $selectors = [...$selectors, ...array_column((array) ($detail['topics'] ?? []), 'match')];
            }
        }

        return array_values(array_filter($selectors, \is_string(...)));
    }

    /** Whether a pattern that is granted has the topic among its own, or is the pattern that is selected. */
    private static function covers(string $granted, string $selector): bool
    {
        try {
            $pattern = TopicPattern::parse($granted);
        } catch (InvalidArgumentException) {
            return false;
        }

        return TopicPattern::isOne($selector)
            ? $pattern->canonical === TopicPattern::parse($selector)->canonical
            : $pattern->matches($selector);
    }

    /** @param array<string, mixed> $claims */
    private static function time(array $claims, string $name, int $default): int
    {
        $time = $claims[$name] ?? $default;
        if (!\is_int($time) && !\is_float($time)) {
            throw new InvalidToken("Its $name is no number.");
        }

        return (int) $time;
    }

    /** @return array<string, mixed> */
    private static function json(string $part): array
    {
        $value = json_decode(self::decoded($part), true, 16);

        return \is_array($value) ? $value : throw new InvalidToken('It is no JSON Web Token.');
    }

    private static function decoded(string $part): string
    {
        return (string) base64_decode(strtr($part, '-_', '+/'), true);
    }
}
