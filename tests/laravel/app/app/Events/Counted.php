<?php

declare(strict_types=1);

namespace App\Events;

use Illuminate\Broadcasting\Channel;
use Illuminate\Contracts\Broadcasting\ShouldBroadcast;
use Illuminate\Foundation\Events\Dispatchable;

/** From a queue, under a name of its own. */
class Counted implements ShouldBroadcast
{
    use Dispatchable;

    public function __construct(public string $channel, public int $number)
    {
    }

    public function broadcastOn(): Channel
    {
        return new Channel($this->channel);
    }

    public function broadcastAs(): string
    {
        return 'counted';
    }
}
