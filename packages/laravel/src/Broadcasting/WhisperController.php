<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Broadcasting;

use Illuminate\Broadcasting\BroadcastManager;
use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Illuminate\Http\Response;
use Symfony\Component\HttpKernel\Exception\AccessDeniedHttpException;

/**
 * `POST broadcasting/whisper` with `channel`, `event` and `data`: says something to the others in a private channel
 * that one may be in oneself. Its event's name begins with `client-`, so it is never taken for one of the server's.
 */
final class WhisperController
{
    private const LONGEST_EVENT = 128;

    private SseBroadcaster $broadcaster;

    public function __construct(BroadcastManager $manager)
    {
        $this->broadcaster = Connection::served($manager);
    }

    public function __invoke(Request $request): Response|JsonResponse
    {
        // What the session keeps for the next page is not for this request.
        $request->hasSession() && $request->session()->reflash();
        [$channel, $event, $data] = array_map($request->input(...), ['channel', 'event', 'data']);
        $complaint = $this->complaint($channel, $event, $data);
        if ($complaint !== null) {
            return new JsonResponse(['message' => $complaint], 422);
        }
        try {
            $this->broadcaster->authorize($request, $channel);
        } catch (AccessDeniedHttpException) {
            return new JsonResponse(['message' => "You may not whisper in $channel.", 'refused' => [$channel]], 403);
        }
        $this->broadcaster->whisper($channel, $event, $data, $request->header('X-Socket-ID'));

        return new Response(status: 204);
    }

    private function complaint(mixed $channel, mixed $event, mixed $data): ?string
    {
        $most = config('sse.max_whisper');
        $isName = fn (mixed $name) => is_string($name) && preg_match('/^\P{C}+$/u', $name) === 1;

        return match (true) {
            ! is_string($channel) => 'Name the channel.',
            ! str_starts_with($channel, 'private-') => 'Whispers go to private channels only.',
            ! $isName($event) || strlen($event) > self::LONGEST_EVENT =>
                'Name the event, by at most ' . self::LONGEST_EVENT . ' bytes without control characters.',
            strlen((string) json_encode($data)) > $most => "A whisper has at most $most bytes of JSON.",
            default => Topics::complaint($channel),
        };
    }
}
