<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\Mercure;

use LogicException;
use PhpSse\SseBundle\Publisher;
use Psr\Log\LoggerInterface;
use SseException;
use Symfony\Component\Mercure\Exception\InvalidArgumentException;
use Symfony\Component\Mercure\Exception\RuntimeException;
use Symfony\Component\Mercure\HubInterface;
use Symfony\Component\Mercure\Jwt\TokenFactoryInterface;
use Symfony\Component\Mercure\Jwt\TokenProviderInterface;
use Symfony\Component\Mercure\ProtocolVersion;
use Symfony\Component\Mercure\Update;
use ValueError;

/**
 * The extension's hub as one of symfony/mercure, 0.6 to 0.9, each of which asks for some of these methods. What is
 * about tokens and cookies is answered by the hub of the configuration that it stands in for, if there is one.
 */
final class SseHub implements HubInterface
{
    private bool $hasWarned = false;

    public function __construct(
        private readonly Publisher $publisher,
        private readonly TopicNames $names,
        private readonly PublicUrl $publicUrl,
        private readonly ?HubInterface $configured = null,
        private readonly ?LoggerInterface $logger = null,
    ) {
    }

    /**
     * @return string the id of the event in the streams, which is the hub's own
     *
     * @throws RuntimeException         when the hub cannot be reached
     * @throws InvalidArgumentException when it can never be published
     */
    public function publish(Update $update): string
    {
        $this->warnOnce($update);
        $names = $this->names->published(array_values($update->getTopics()), $update->isPrivate());
        try {
            return $this->publisher->publish($names, $update->getData(), $update->getType());
        } catch (SseException $exception) {
            throw new RuntimeException("The update was not published: {$exception->getMessage()}", 0, $exception);
        } catch (ValueError $error) {
            throw new InvalidArgumentException($error->getMessage(), 0, $error);
        }
    }

    public function getPublicUrl(): string
    {
        return $this->publicUrl->get();
    }

    public function getUrl(): string
    {
        return $this->publicUrl->get();
    }

    public function getFactory(): ?TokenFactoryInterface
    {
        return $this->configured?->getFactory();
    }

    public function getProvider(): TokenProviderInterface
    {
        if (null === $this->configured || !method_exists($this->configured, 'getProvider')) {
            throw new LogicException('Publishing to the hub of the sse extension takes no token.');
        }

        return $this->configured->getProvider();
    }

    public function getProtocolVersion(): ProtocolVersion
    {
        $configured = $this->configured;

        return null === $configured ? ProtocolVersion::Legacy : $configured->getProtocolVersion();
    }

    public function getCookieName(): string
    {
        $configured = $this->configured;

        return null === $configured ? SubscriberToken::COOKIE : $configured->getCookieName();
    }

    /** Says once what becomes of fields that have no place here. */
    private function warnOnce(Update $update): void
    {
        if ($this->hasWarned || null === $update->getId() && null === $update->getRetry()) {
            return;
        }
        $this->hasWarned = true;
        $this->logger?->warning(
            'The id and the retry of a Mercure update are not sent: ids are those of the hub, in one order over all'
            . ' topics, and sse.retry sets the reconnection time.',
        );
    }
}
