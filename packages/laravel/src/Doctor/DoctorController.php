<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Doctor;

use Generator;
use PhpSse\Laravel\ResponseMacros;
use PhpSse\Laravel\SseResponse;
use PhpSse\Laravel\SseService;
use SseEvent;

/**
 * `GET broadcasting/doctor`: what the extension finds in the web server, and a stream to be timed. Only
 * `sse:doctor` has the signature for it, for a minute.
 */
final class DoctorController
{
    /** Seconds that the stream takes. */
    public const LENGTH = 1.0;

    private const STEPS = 4;

    public function __invoke(SseService $sse): SseResponse
    {
        return ResponseMacros::sse($this->report($sse), heartbeat: 0);
    }

    private function report(SseService $sse): Generator
    {
        // Of an open stream more is known.
        yield new SseEvent($sse->doctor(), 'doctor');
        foreach (range(1, self::STEPS) as $step) {
            \Sse::current()?->wait(self::LENGTH / self::STEPS);
            yield new SseEvent($step, 'step');
        }
    }
}
