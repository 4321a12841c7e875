<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Broadcasting;

use Illuminate\Broadcasting\BroadcastException;
use Illuminate\Broadcasting\Broadcasters\Broadcaster;
use Illuminate\Broadcasting\Broadcasters\UsePusherChannelConventions;
use Illuminate\Container\Container;
use Illuminate\Http\Request;
use Illuminate\Support\Arr;
use PhpSse\Laravel\SseService;
use SseException;
use Symfony\Component\HttpKernel\Exception\AccessDeniedHttpException;
use ValueError;

/**
 * The broadcasting driver `sse`: events go to the hub, under the topic of their channel.
 *
 * An event stands in a stream as JSON with `channel`, `event`, `data` and, where one client is left out, `except`.
 * One for several channels is published for each: no client learns which others there were.
 */
class SseBroadcaster extends Broadcaster
{
    use UsePusherChannelConventions;

    public function __construct(private Topics $topics, private string $key)
    {
    }

    /** Laravel's own route, `/broadcasting/auth`, asks this. */
    public function auth($request)
    {
        return $this->authorize($request, (string) $request->input('channel_name'));
    }

    /**
     * Asks routes/channels.php whether this request's user may be in the channel.
     *
     * @throws AccessDeniedHttpException when not
     */
    public function authorize(Request $request, string $channel): mixed
    {
        $name = $this->normalizeChannelName($channel);
        $isRefused = Topics::complaint($channel) !== null
            || $this->isGuardedChannel($channel) && ! $this->retrieveUser($request, $name);
        if ($isRefused) {
            throw new AccessDeniedHttpException();
        }

        return $this->verifyUserCanAccessChannel($request, $name);
    }

    public function validAuthenticationResponse($request, $result)
    {
        return ['authorized' => true];
    }

    public function broadcast(array $channels, $event, array $payload = [])
    {
        $except = $this->mark(Arr::pull($payload, 'socket'));
        $channels = array_unique($this->formatChannels($channels));
        foreach ($channels as $channel) {
            $complaint = Topics::complaint($channel);
            if ($complaint !== null) {
                throw new BroadcastException("$event cannot be broadcast. $complaint");
            }
        }
        foreach ($channels as $channel) {
            $this->publish($channel, (string) $event, $payload, $except);
        }
    }

    /** Sends what a client says in a channel to the others in it. */
    public function whisper(string $channel, string $event, mixed $data, ?string $socket): void
    {
        $this->publish($channel, "client-$event", $data, $this->mark($socket));
    }

    /** The number of rules that routes/channels.php has for private channels. */
    public function countRules(): int
    {
        return count($this->channels);
    }

    public function topic(string $channel): string
    {
        return $this->topics->topic($channel);
    }

    /** What stands in events that a client is left out of; null where it has given no socket id. */
    public function mark(mixed $socket): ?string
    {
        return SocketId::mark($socket, $this->key);
    }

    private function publish(string $channel, string $event, mixed $data, ?string $except): void
    {
        $message = compact('channel', 'event', 'data') + array_filter(compact('except'));
        try {
            Container::getInstance()->make(SseService::class)->publish($this->topic($channel), $message);
        } catch (SseException | ValueError $error) {
            throw new BroadcastException("$event cannot be broadcast: {$error->getMessage()}", 0, $error);
        }
    }
}
