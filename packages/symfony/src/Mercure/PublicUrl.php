<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\Mercure;

use LogicException;
use Symfony\Component\Routing\Exception\RouteNotFoundException;
use Symfony\Component\Routing\Generator\UrlGeneratorInterface;

/** The URL that clients subscribe at: that of the configuration, or else that of the bundle's route. */
final class PublicUrl
{
    public const ROUTE = 'sse_mercure';

    public function __construct(
        private readonly UrlGeneratorInterface $urls,
        private readonly ?string $configured = null,
    ) {
    }

    /** An absolute URL, as UX Turbo's script takes no other. */
    public function get(): string
    {
        try {
            return $this->configured
                ?? $this->urls->generate(self::ROUTE, [], UrlGeneratorInterface::ABSOLUTE_URL);
        } catch (RouteNotFoundException $exception) {
            throw new LogicException(
                'There is no route at which clients could subscribe: import "@SseBundle/config/routes.php" in'
                . ' config/routes/sse.yaml, or set sse.mercure.public_url.',
                0,
                $exception,
            );
        }
    }
}
