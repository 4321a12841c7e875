<?php

namespace Hhxsv5\SSE;

/**
 * A stream whose source is asked again and again, until the client leaves.
 *
 *     (new SSE(new Event($callback, 'news')))->start(3);            // 2.x
 *     (new SSE())->start(new Update($callback), 'news', 2000);      // 1.x
 */
class SSE
{
    /** @var Event|null */
    protected $event;

    public function __construct(?Event $event = null)
    {
        $this->event = $event;
    }

    /**
     * Sends what the source gives. Returns when the client has left, or the source throws a
     * StopSSEException; the response has ended then.
     *
     * In 1.x the arguments are `(Update $update, $eventType = null, $milliRetry = 2000)`. They are not
     * declared, so that classes that override start($interval) go on to be compatible.
     *
     * @param int|float|Update $interval seconds
     */
    public function start($interval = 3)
    {
        if ($interval instanceof Update) {
            [$update, $type, $retry] = func_get_args() + [1 => null, 2 => 2000];
            $this->run(fn () => self::eventOf($update, $type, $retry), $update->getCheckInterval());
        } elseif ($this->event !== null) {
            $this->run(fn () => $this->event->fill(), $interval);
        } else {
            throw new \InvalidArgumentException(
                'This stream has no source: give the constructor an Event, or start() an Update'
            );
        }
    }

    /** @param \Closure(): Event $next */
    private function run(\Closure $next, $interval): void
    {
        \Sse::stream(function (\Sse $stream) use ($next): void {
            try {
                echo $next();
            } catch (StopSSEException) {
                $stream->close();
            }
        }, (float) $interval);
    }

    private static function eventOf(Update $update, $type, $retry): Event
    {
        $data = $update->getUpdatedData();

        return new Event($data === false
            ? ['comment' => 'no update']
            : ['id' => uniqid('', true), 'type' => $type, 'data' => $data, 'retry' => $retry]);
    }
}
