<?php

namespace Hhxsv5\SSE;

/**
 * One event as text, with its fields in the order of hhxsv5/php-sse.
 *
 * Made of a callback (2.x), it is filled anew each time that fill() asks; made of an array (1.x), it is what
 * the array says.
 */
class Event implements \Stringable
{
    /** @var callable(): mixed */
    protected $callback;

    /** @var string event type, where the callback gives none */
    protected $initialEvent;

    protected $id = '';
    protected $event;
    protected $data = '';
    protected $retry;
    protected $comment = '';

    /**
     * @param (callable(): mixed)|array{id?: mixed, type?: mixed, data?: mixed, retry?: mixed, comment?: mixed} $callback
     * @param string $event event type
     * @param int $retry reconnection time in milliseconds; 0: none is sent
     */
    public function __construct(callable|array $callback, $event = '', $retry = 5000)
    {
        if (!is_callable($callback)) {
            $fields = $callback;
            $callback = fn () => $fields;
            $event = $fields['type'] ?? '';
            $retry = $fields['retry'] ?? '';
            $this->take($fields['id'] ?? '', $fields['data'] ?? '', $fields['comment'] ?? '');
        }
        $this->callback = $callback;
        $this->initialEvent = $this->event = $event;
        $this->retry = isset($fields) || $retry > 0 ? $retry : '';
    }

    /**
     * Asks the callback. What it returns is the data; as an array it may have `data`, `id`, `event` and
     * `comment`; false: there is nothing to be sent but a comment.
     *
     * @return $this
     * @throws StopSSEException when the callback wants the stream to end
     */
    public function fill()
    {
        $result = ($this->callback)();
        $fields = is_array($result) ? $result : [];
        $this->event = $fields['event'] ?? $this->initialEvent;
        if ($result === false) {
            $this->take('', '', 'no data');
        } else {
            $id = $fields['id'] ?? str_replace('.', '', uniqid('', true));
            $this->take($id, $fields['data'] ?? $result, $fields['comment'] ?? '');
        }

        return $this;
    }

    /** @throws \ValueError when the id or the event type is no single line */
    public function __toString(): string
    {
        $id = self::text($this->id);
        $text = self::lines(comment: self::text($this->comment), id: $id, retry: $this->retry);
        if ($id === '' && $this->data === '') {
            // Clients of many kinds take an empty line for an event, even where nothing is in it.
            return $text;
        }
        $text .= self::lines(event: self::text($this->event));

        // null is an event with empty data, '' one without: its id counts, and nobody is called.
        return $text . ($this->data === '' ? "\n" : new \SseEvent(self::text($this->data)));
    }

    private function take($id, $data, $comment): void
    {
        [$this->id, $this->data, $this->comment] = [$id, $data, $comment];
    }

    /** The lines of these fields, as the extension writes them: whatever they hold, none becomes another. */
    private static function lines(string|int|null ...$fields): string
    {
        $fields = array_filter($fields, fn ($value) => $value !== '' && $value !== null);

        return $fields ? substr((string) new \SseEvent(...$fields), 0, -1) : '';
    }

    /** A string as it is, other scalars as PHP writes them, and everything else as JSON. */
    private static function text(mixed $value): string
    {
        if (is_scalar($value) || $value === null || $value instanceof \Stringable) {
            return (string) $value;
        }

        return json_encode($value, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
    }
}
