<?php

/** Stands in for the class that Laravel has since version 11. */

declare(strict_types=1);

namespace Illuminate\Http;

final class StreamedEvent
{
    public function __construct(public string $event, public mixed $data)
    {
    }
}
