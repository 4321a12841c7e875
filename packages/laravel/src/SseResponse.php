<?php

declare(strict_types=1);

namespace PhpSse\Laravel;

use Closure;
use Symfony\Component\HttpFoundation\StreamedResponse;
use Throwable;

/**
 * The response of an event stream.
 *
 * What is thrown before the stream has begun is Laravel's to handle, as with any response. After that there is
 * no page to show any more: it is reported, and the client may be sent an event about it.
 */
final class SseResponse extends StreamedResponse
{
    /**
     * @param Closure(): mixed $stream opens the stream, and sends it
     * @param array<string, string> $headers
     * @param string|list<string>|null $allowOrigin
     * @param bool|string|list<string>|null $compress
     */
    public function __construct(
        Closure $stream,
        array $headers = [],
        string|array|null $allowOrigin = null,
        bool|string|array|null $compress = null,
    ) {
        $own = \Sse::headers($allowOrigin, $headers, $compress);
        $run = static function () use ($stream, $own): void {
            try {
                $stream();
            } catch (\SseClientGone) {
                // Nobody is there to be told, and nothing is wrong.
            } catch (Throwable $error) {
                if (\Sse::current() === null) {
                    // They are of no use to the page about it.
                    array_map(header_remove(...), array_keys($own));
                    header('Content-Type: text/html; charset=UTF-8');

                    throw $error;
                }
                report($error);
            }
        };
        parent::__construct($run, 200, $own);
    }
}
