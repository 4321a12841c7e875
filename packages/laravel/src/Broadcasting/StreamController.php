<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Broadcasting;

use Illuminate\Broadcasting\BroadcastManager;
use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use PhpSse\Laravel\LastEventId;
use PhpSse\Laravel\ResponseMacros;
use PhpSse\Laravel\SseResponse;
use PhpSse\Laravel\SseService;
use SseEvent;
use Symfony\Component\HttpKernel\Exception\AccessDeniedHttpException;

/**
 * `GET broadcasting/stream?channels[]=...&socket=...`: the events of these channels, from the hub.
 *
 * A client that does not ask for an event stream is told which channels it may follow: one whose `EventSource` was
 * turned away learns here why.
 */
final class StreamController
{
    private SseBroadcaster $broadcaster;

    public function __construct(BroadcastManager $manager, private SseService $sse)
    {
        $this->broadcaster = Connection::served($manager);
    }

    public function __invoke(Request $request): SseResponse|JsonResponse
    {
        // What the session keeps for the next page is not for this request.
        $request->hasSession() && $request->session()->reflash();
        $channels = $this->channels($request);
        if (is_string($channels)) {
            return new JsonResponse(['message' => $channels], 422);
        }
        $refused = array_values(array_filter($channels, fn ($channel) => ! $this->isAllowed($request, $channel)));
        if ($refused !== []) {
            $message = 'You may not follow: ' . implode(', ', $refused);

            return new JsonResponse(['message' => $message, 'refused' => $refused], 403);
        }

        return $request->wantsJson() ? new JsonResponse(compact('channels')) : $this->stream($request, $channels);
    }

    /** @return list<string>|string the channels, or what is wrong with them */
    private function channels(Request $request): array|string
    {
        $channels = $request->query('channels');
        $channels = is_array($channels) ? array_values(array_unique($channels, SORT_REGULAR)) : [];
        $most = config('sse.max_channels');
        if ($channels === [] || count($channels) > $most) {
            return "Name 1 to $most channels: ?channels[]=orders&channels[]=private-orders.1";
        }
        foreach ($channels as $channel) {
            $complaint = Topics::complaint(is_string($channel) ? $channel : '');
            if ($complaint !== null) {
                return $complaint;
            }
        }

        return $channels;
    }

    private function isAllowed(Request $request, string $channel): bool
    {
        try {
            $this->broadcaster->isGuardedChannel($channel) && $this->broadcaster->authorize($request, $channel);

            return true;
        } catch (AccessDeniedHttpException) {
            return false;
        }
    }

    /** @param list<string> $channels */
    private function stream(Request $request, array $channels): SseResponse
    {
        $known = LastEventId::of($request);
        // Events of a channel that were published before this belong to a time when the client was not in it.
        $position = $this->sse->position();
        $mark = $this->broadcaster->mark($request->query('socket'));
        $connected = new SseEvent(compact('channels', 'position', 'mark'), 'connected', $known === '' ? $position : null);

        $topics = array_map($this->broadcaster->topic(...), $channels);
        $options = ['first' => [$connected], 'lastEventId' => $known] + $this->options($request);

        return ResponseMacros::subscribe($topics, ...$options);
    }

    /** @return array<string, mixed> */
    private function options(Request $request): array
    {
        $options = [
            'maxLifetime' => config('sse.lifetime'),
            'retry' => config('sse.retry'),
            'allowOrigin' => config('sse.allow_origin'),
        ];
        $limit = config('sse.max_streams');
        if ($limit === null) {
            return $options;
        }
        $user = $request->user()?->getAuthIdentifier() ?? $request->ip();

        return $options + [
            'limitKey' => substr($this->broadcaster->topic("streams of $user"), 0, 256),
            'limit' => $limit,
            'onLimit' => 'retry',
        ];
    }
}
