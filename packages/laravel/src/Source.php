<?php

declare(strict_types=1);

namespace PhpSse\Laravel;

use Closure;
use Generator;
use Sse;
use SseClientGone;
use Throwable;
use Traversable;

/**
 * The source of a stream, in a form that reports what it throws and tells the client before the stream ends.
 */
final class Source
{
    /**
     * @param mixed $end the last event of a source that has come to its end; null: none
     * @param Closure(Throwable): mixed $errorEvent what the client is sent when the source throws; null: nothing
     */
    public function __construct(private mixed $end, private Closure $errorEvent)
    {
    }

    /** For `Sse::stream()`. */
    public function of(callable|iterable $source): Closure|Generator
    {
        return is_callable($source) ? $this->asked($source) : $this->walked($source);
    }

    private function asked(callable $source): Closure
    {
        return function (Sse $sse) use ($source): mixed {
            try {
                $given = $source($sse);
            } catch (SseClientGone $gone) {
                throw $gone;
            } catch (Throwable $error) {
                // All that is left: the event about it, and the end of the stream.
                return $this->failed($error);
            }

            return $given instanceof Traversable ? $this->walked($given) : $given;
        };
    }

    private function walked(iterable $source): Generator
    {
        try {
            foreach ($source as $value) {
                yield $value;
            }
        } catch (SseClientGone $gone) {
            throw $gone;
        } catch (Throwable $error) {
            yield from $this->failed($error);

            return;
        }
        if ($this->end !== null) {
            yield $this->end;
        }
    }

    private function failed(Throwable $error): Generator
    {
        report($error);
        yield ($this->errorEvent)($error);
    }
}
