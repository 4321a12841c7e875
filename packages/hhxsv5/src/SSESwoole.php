<?php

namespace Hhxsv5\SSE;

/** Refuses: in a Swoole server a response is an object of Swoole's, and nothing that this extension could look after. */
class SSESwoole extends SSE
{
    public function __construct(...$arguments)
    {
        throw new \SseException(
            'SSESwoole cannot run on the extension sse, for a Swoole server sends its responses itself. Write to its'
            . ' response instead: "while ($response->write((string) $event->fill())) { Swoole\Coroutine::sleep(3); }",'
            . ' with the headers of Sse::headers(); docs/moving/from-hhxsv5.md has the whole of it'
        );
    }
}
