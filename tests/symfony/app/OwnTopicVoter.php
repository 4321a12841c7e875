<?php

declare(strict_types=1);

namespace App;

use PhpSse\SseBundle\Mercure\Access;
use Symfony\Component\Security\Core\Authentication\Token\TokenInterface;
use Symfony\Component\Security\Core\Authorization\Voter\VoterInterface;

/** Users may follow what is theirs. A Voter would do; its signatures differ between the versions of Symfony. */
final class OwnTopicVoter implements VoterInterface
{
    public function vote(TokenInterface $token, mixed $subject, array $attributes, mixed $vote = null): int
    {
        if ($attributes !== [Access::SUBSCRIBE]) {
            return self::ACCESS_ABSTAIN;
        }
        $user = $token->getUser()?->getUserIdentifier();

        return $user !== null && str_starts_with($subject, "https://example.com/users/$user/")
            ? self::ACCESS_GRANTED
            : self::ACCESS_DENIED;
    }
}
