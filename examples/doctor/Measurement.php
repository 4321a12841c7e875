<?php

namespace Doctor;

/** How a stream arrived: by this program, or by the page in the browser, which posts it. */
final class Measurement
{
    /** A delay of so many milliseconds is none. */
    private const PROMPT = 110;

    /** What waits for the end of the stream holds the first event for the whole of it; here, for this part. */
    private const HELD = 0.6;

    private const HEADERS = ['server', 'via', 'content-encoding', 'content-type', 'x-pad', 'x-varnish', 'x-vinyl', 'cf-ray'];

    /**
     * @param list<array{float, float}> $ticks when each event was sent, and when it arrived
     * @param array<string, string> $headers
     */
    private function __construct(
        public readonly array $ticks,
        public readonly array $headers,
        public readonly array $facts,
        public readonly bool $isCut,
        public readonly float $seconds,
        public readonly ?string $error,
        public readonly ?int $port,
    ) {
    }

    /** Of values that a client may have made up. */
    public static function of(mixed $values): ?self
    {
        if (!is_array($values)) {
            return null;
        }
        $pairs = array_filter(self::list($values, 'ticks'), fn ($pair) => is_array($pair) && count($pair) === 2);
        $headers = array_intersect_key(self::list($values, 'headers'), array_flip(self::HEADERS));
        $error = $values['error'] ?? null;
        $port = $values['port'] ?? null;

        return new self(
            array_map(fn (array $pair) => array_map('floatval', array_filter(array_values($pair), 'is_numeric') + [0, 0]),
                array_slice(array_values($pairs), 0, Probe::TICKS)),
            array_map(fn ($value) => strtolower(is_string($value) ? substr($value, 0, 200) : ''), $headers),
            self::list($values, 'facts'),
            (bool) ($values['isCut'] ?? false),
            is_numeric($values['seconds'] ?? null) ? (float) $values['seconds'] : 0.0,
            is_string($error) ? substr($error, 0, 300) : null,
            is_int($port) ? $port : null,
        );
    }

    private static function list(array $values, string $key): array
    {
        return is_array($values[$key] ?? null) ? $values[$key] : [];
    }

    /** 'prompt', 'late' (each by some time), 'held' (until the end), or 'failed'. */
    public function state(): string
    {
        if ($this->error !== null || count($this->ticks) < 2) {
            return 'failed';
        }
        $delays = $this->delays();
        $isHeld = $delays[0] > self::HELD * ($this->ticks[count($this->ticks) - 1][0] - $this->ticks[0][0]);
        sort($delays);

        return match (true) {
            $delays[intdiv(count($delays), 2)] < self::PROMPT => 'prompt',
            $isHeld => 'held',
            default => 'late',
        };
    }

    public function isHeld(): bool
    {
        return in_array($this->state(), ['late', 'held'], true);
    }

    /** How much later than the last event each arrived, which nothing holds: the end of a stream pushes it on. */
    public function delays(): array
    {
        $ticks = $this->ticks;
        [$sent, $arrived] = array_pop($ticks) ?? [0, 0];

        return array_map(fn (array $tick) => ($tick[1] - $arrived) - ($tick[0] - $sent), $ticks);
    }

    public function isEncoded(): bool
    {
        return !in_array($this->headers['content-encoding'] ?? '', ['', 'identity'], true);
    }

    public function fact(string $name): mixed
    {
        return $this->facts[$name] ?? null;
    }

    /** True if its connection went to the web server itself; null if that cannot be told. */
    public function isDirect(): ?bool
    {
        $seen = $this->fact('port');

        return $this->port === null || !$seen ? null : $seen === $this->port;
    }

    /** As a client posts it. */
    public function posted(): array
    {
        return get_object_vars($this);
    }

    public function toArray(): array
    {
        return array_filter([
            'state' => $this->state(),
            'delays' => array_map('intval', $this->delays()),
            'seconds' => round($this->seconds, 3),
            'error' => $this->error,
        ], fn ($value) => $value !== null);
    }
}
