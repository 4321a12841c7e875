<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Testing;

/** An event as a client of the stream gets it. */
final class ReceivedEvent
{
    /**
     * @param string $event its type; "message" where the stream names none
     * @param string|null $id the id that stands with it
     */
    public function __construct(
        public readonly string $event,
        public readonly string $data,
        public readonly ?string $id,
    ) {
    }

    /** The data, where it is JSON; null where it is not. */
    public function json(): mixed
    {
        return json_decode($this->data, true);
    }
}
