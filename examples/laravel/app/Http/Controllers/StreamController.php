<?php

declare(strict_types=1);

namespace App\Http\Controllers;

use Generator;
use Illuminate\Contracts\Session\Session;
use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Log;
use Sse;
use Symfony\Component\HttpFoundation\StreamedResponse;

final class StreamController
{
    /** An endless stream from a generator. */
    public function ticker(Request $request): StreamedResponse
    {
        $visit = $this->countVisit($request->session());

        return response()->stream(
            fn () => Sse::stream(fn (Sse $sse) => $this->ticks($sse, $visit), event: 'tick'),
            200,
            Sse::headers(),
        );
    }

    /** A stream from a callable, which is asked again every 0.2 seconds until it closes the stream. */
    public function countdown(): StreamedResponse
    {
        $left = 3;
        $source = function (Sse $sse) use (&$left) {
            return $left > 0 ? $left-- : $sse->close('lift-off', event: 'end');
        };

        return response()->stream(fn () => Sse::stream($source, interval: 0.2), 200, Sse::headers());
    }

    /** An ordinary page of the same session, which an open stream does not hold up. */
    public function visits(Request $request): JsonResponse
    {
        return response()->json(['visit' => $this->countVisit($request->session())]);
    }

    private function ticks(Sse $sse, int $visit): Generator
    {
        $tick = 0;
        try {
            do {
                yield ['visit' => $visit, 'tick' => ++$tick];
            } while ($sse->wait(1));
        } finally {
            // Runs when the client leaves, too: the place to give back what the stream has held.
            Log::info('The ticker has stopped: ' . $sse->stopReason()?->value);
        }
    }

    private function countVisit(Session $session): int
    {
        $visit = $session->get('visits', 0) + 1;
        $session->put('visits', $visit);

        return $visit;
    }
}
