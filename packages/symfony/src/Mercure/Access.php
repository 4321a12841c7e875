<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\Mercure;

use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\Security\Core\Authorization\AuthorizationCheckerInterface;
use Symfony\Component\Security\Core\Exception\AuthenticationCredentialsNotFoundException;

/**
 * Says who may have the private updates of a topic: whom a voter of the application grants SSE_SUBSCRIBE on it, and
 * the bearer of a Mercure token that names it, where a secret is configured. Where neither is, nobody may.
 */
final class Access
{
    /** The attribute that voters are asked for; the subject is the topic, or the pattern, as the client writes it. */
    public const SUBSCRIBE = 'SSE_SUBSCRIBE';

    public function __construct(
        private readonly ?AuthorizationCheckerInterface $voters = null,
        private readonly ?string $secret = null,
        private readonly string $algorithm = 'HS256',
        private readonly ?string $cookie = null,
    ) {
    }

    /** @throws InvalidToken when the request has a token that is none */
    public function token(Request $request): ?SubscriberToken
    {
        $token = null === $this->secret ? null : $this->presented($request);

        return null === $token ? null : SubscriberToken::verify($token, $this->secret, $this->algorithm, time());
    }

    public function isGranted(string $selector, ?SubscriberToken $token): bool
    {
        return $token?->grants($selector) || $this->votersGrant($selector);
    }

    private function votersGrant(string $selector): bool
    {
        try {
            return $this->voters?->isGranted(self::SUBSCRIBE, $selector) ?? false;
        } catch (AuthenticationCredentialsNotFoundException) {
            // Symfony 5.4, outside of every firewall: there is no user.
            return false;
        }
    }

    /** The header wins over the query, and that over the cookie, as in Mercure's hub. */
    private function presented(Request $request): ?string
    {
        $header = (string) $request->headers->get('Authorization');
        if (1 === preg_match('/^Bearer (\S+)$/Di', $header, $found)) {
            return $found[1];
        }
        $cookies = [$this->cookie, SubscriberToken::COOKIE, '__Secure-mercure_access_token'];
        $tokens = [$request->query->all()['authorization'] ?? null];
        foreach (array_filter($cookies) as $name) {
            $tokens[] = $request->cookies->all()[$name] ?? null;
        }
        foreach ($tokens as $token) {
            if (\is_string($token) && '' !== $token) {
                return $token;
            }
        }

        return null;
    }
}
