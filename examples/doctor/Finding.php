<?php

namespace Doctor;

/** One layer that holds a stream back, or cuts it, and what to do about it. */
final class Finding
{
    /**
     * @param string $culprit its name, always the same
     * @param string $where 'PHP', 'web server', 'proxy' or 'browser'
     * @param string $what what it does, and what helps
     * @param string|null $server whose configuration of Sse::doctor() it belongs into
     */
    public function __construct(
        public readonly string $culprit,
        public readonly string $where,
        public readonly string $what,
        public readonly ?string $server = null,
    ) {
    }

    /** The culprit and its place. */
    public function name(): string
    {
        return $this->culprit === $this->where ? $this->culprit : "$this->culprit ($this->where)";
    }

    /** @param array<string, string> $configuration of Sse::doctor() */
    public function with(array $configuration): array
    {
        $set = $this->server === null ? null : $configuration[$this->server] ?? null;

        return ['culprit' => $this->culprit, 'where' => $this->where, 'what' => $this->what, 'set' => $set];
    }
}
