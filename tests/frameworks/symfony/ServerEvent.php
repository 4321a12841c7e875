<?php

/** Stands in for the class that Symfony has since version 7.3. */

declare(strict_types=1);

namespace Symfony\Component\HttpFoundation;

use IteratorAggregate;
use LogicException;
use Traversable;

final class ServerEvent implements IteratorAggregate
{
    public function __construct(
        private string|iterable $data,
        private ?string $type = null,
        private ?int $retry = null,
        private ?string $id = null,
        private ?string $comment = null,
    ) {
    }

    public function getData(): string|iterable
    {
        return $this->data;
    }

    public function getType(): ?string
    {
        return $this->type;
    }

    public function getRetry(): ?int
    {
        return $this->retry;
    }

    public function getId(): ?string
    {
        return $this->id;
    }

    public function getComment(): ?string
    {
        return $this->comment;
    }

    public function getIterator(): Traversable
    {
        throw new LogicException('An event is sent as one; its lines are not events.');
    }
}
