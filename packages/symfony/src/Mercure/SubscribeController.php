<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\Mercure;

use InvalidArgumentException;
use PhpSse\SseBundle\SseResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Security\Core\Authentication\Token\Storage\TokenStorageInterface;

/**
 * Where clients of Mercure subscribe. As there, anybody gets the public updates of what he asks for; private ones
 * get those who may (Access). With `anonymous: false`, who may not follow a topic is answered 403.
 */
final class SubscribeController
{
    /** The stream's lifetime has a jitter of 10 %: with this, it ends before its token does. */
    private const BEFORE_EXPIRY = 0.9;

    /** @param array<string, mixed> $options allowOrigin, limit and onLimit of SseResponse::subscribe() */
    public function __construct(
        private readonly TopicNames $names,
        private readonly Access $access,
        private readonly bool $anonymous = true,
        private readonly array $options = [],
        private readonly ?TokenStorageInterface $users = null,
    ) {
    }

    public function __invoke(Request $request): Response
    {
        try {
            $selectors = SubscribeQuery::selectors((string) $request->server->get('QUERY_STRING'));
            $token = $this->access->token($request);
            $names = $this->names($selectors, $token);
        } catch (InvalidArgumentException $exception) {
            return self::refusal(Response::HTTP_BAD_REQUEST, $exception->getMessage());
        } catch (InvalidToken $exception) {
            return self::refusal(Response::HTTP_UNAUTHORIZED, "The token is refused. {$exception->getMessage()}");
        }
        if (null === $names) {
            return self::refusal(Response::HTTP_FORBIDDEN, 'You may not follow all of these topics.');
        }

        return SseResponse::subscribe($names, ...$this->streamOptions($request, $token));
    }

    /**
     * The names of the hub that the client follows; null if it may not.
     *
     * @param list<Selector> $selectors
     *
     * @return list<string>|null
     */
    private function names(array $selectors, ?SubscriberToken $token): ?array
    {
        $names = [];
        foreach ($selectors as $selector) {
            $names[] = $this->name($selector, false);
            if ($this->access->isGranted($selector->text, $token)) {
                $names[] = $this->name($selector, true);
            } elseif (!$this->anonymous) {
                return null;
            } elseif (null !== $selector->pattern) {
                foreach ($token?->grantedWithin($selector->pattern) ?? [] as $topic) {
                    $names[] = $this->names->ofTopic($topic, true);
                }
            }
        }

        return array_values(array_unique($names));
    }

    private function name(Selector $selector, bool $isPrivate): string
    {
        return null === $selector->pattern
            ? $this->names->ofTopic($selector->text, $isPrivate)
            : $this->names->ofPattern($selector->pattern, $isPrivate) ?? throw new InvalidArgumentException(
                "Nothing is published under the pattern \"{$selector->text}\": add it to sse.mercure.patterns.",
            );
    }

    /** @return array<string, mixed> */
    private function streamOptions(Request $request, ?SubscriberToken $token): array
    {
        $options = $this->options;
        if (isset($options['limit'])) {
            $user = $this->users?->getToken()?->getUserIdentifier() ?? '';
            $key = '' === $user ? "address:{$request->getClientIp()}" : "user:$user";
            $options['limitKey'] = \strlen($key) > 256 ? hash('sha256', $key) : $key;
        }
        if (null !== $left = $token?->secondsLeft(time())) {
            $set = (float) \ini_get('sse.max_lifetime');
            $options['maxLifetime'] = min($left * self::BEFORE_EXPIRY, $set > 0 ? $set : \INF);
        }

        return $options;
    }

    private static function refusal(int $status, string $reason): Response
    {
        $headers = [
            'Content-Type' => 'text/plain; charset=UTF-8',
            'X-Content-Type-Options' => 'nosniff',
            'Cache-Control' => 'no-store',
        ];
        if (Response::HTTP_UNAUTHORIZED === $status) {
            $headers['WWW-Authenticate'] = 'Bearer error="invalid_token"';
        }

        return new Response("$reason\n", $status, $headers);
    }
}
