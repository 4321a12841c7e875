<?php

namespace Doctor;

use Sse;

/**
 * The streams that are measured: a few events at a steady pace, each with the time when it was sent. Whoever
 * reads them notes when each arrives.
 */
final class Probe
{
    public const TICKS = 4;

    public const INTERVAL = 0.25;

    private const LONGEST_SILENCE = 120.0;

    private float $begin;

    /** @param list<string> $relief what is done for a stream without the extension: 'buffers', 'headers' */
    private function __construct(private readonly array $relief)
    {
        $this->begin = microtime(true);
    }

    /** Sends the stream of that name; false if there is none. */
    public static function run(string $name, string $relief, float $silence): bool
    {
        $probe = new self(explode(',', $relief));
        match ($name) {
            'sse' => $probe->ticks(self::INTERVAL),
            'silence' => $probe->silence(max(0.0, min($silence, self::LONGEST_SILENCE))),
            'plain' => $probe->plain(),
            'report' => $probe->start()->send(Sse::doctor(), 'report'),
            default => $name = null,
        };

        return $name !== null;
    }

    private function start(): Sse
    {
        // A pace of its own: a heartbeat would push on what is held.
        return Sse::start(heartbeat: 0, allowOrigin: Request::origin() ?? []);
    }

    private function ticks(float $interval): void
    {
        Cookie::send();
        // As a proxy, nginx takes this one off.
        header('X-Pad: doctor');
        $facts = Request::facts();
        $sse = $this->start();
        for ($i = 0; $i < self::TICKS && ($i === 0 || $sse->wait($interval)); $i++) {
            $sse->send($this->tick($i === 0 ? $facts : null));
        }
    }

    private function silence(float $seconds): void
    {
        $sse = $this->start();
        $sse->send($this->tick(Request::facts()));
        if ($sse->wait($seconds)) {
            $sse->send($this->tick());
        }
    }

    /** As a loop of echo and flush() does it, without the extension. */
    private function plain(): void
    {
        header('Content-Type: text/event-stream');
        $facts = ['buffers' => Request::buffers()] + Request::facts();
        if (in_array('buffers', $this->relief, true)) {
            $facts['stuck'] = !Buffer::closeAll();
        }
        if (in_array('headers', $this->relief, true)) {
            header('X-Accel-Buffering: no');
            header('Cache-Control: no-store, no-transform');
        }
        for ($i = 0; $i < self::TICKS; $i++) {
            $i === 0 || usleep((int) (self::INTERVAL * 1e6));
            echo 'data: ', json_encode($this->tick($i === 0 ? $facts : null)), "\n\n";
            flush();
        }
    }

    private function tick(?array $facts = null): array
    {
        $tick = ['sent' => round((microtime(true) - $this->begin) * 1000)];

        return $facts === null ? $tick : $tick + ['facts' => $facts];
    }
}
