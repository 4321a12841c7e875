<?php

/** The kernel of the Symfony example, and the controllers that only its tests need, by path. */

declare(strict_types=1);

use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpFoundation\ServerEvent;
use Symfony\Component\HttpFoundation\StreamedResponse;

require_once __DIR__ . '/../sources.php';
$kernel = require __DIR__ . '/../../../examples/symfony/bootstrap.php';
class_exists(ServerEvent::class) || require __DIR__ . '/ServerEvent.php';

function own_events(): Generator
{
    yield new ServerEvent("one line\nanother line", type: 'greeting');
    yield new ServerEvent(['a line', 'a line of its own'], retry: 2000, id: '7', comment: 'halfway');
}

$stream = fn ($source) => new StreamedResponse(fn () => Sse::stream($source), 200, Sse::headers());
$controllers = [
    '/own-events' => fn () => $stream(own_events()),
    '/not-to-be-stored' => function () use ($stream) {
        $response = $stream(['sent']);
        $response->headers->set('Cache-Control', 'no-cache');

        return $response;
    },
    '/throws' => fn () => $stream(throwing_source()),
    '/news' => fn () => new StreamedResponse('follow_news', 200, Sse::headers()),
    '/publish' => fn () => new Response(Sse::publish('news', 'something new')),
    '/fails' => fn () => throw new LogicException('the page has failed'),
    '/in-the-controller' => fn () => new Response(stream_in_the_controller()),
    '/compressed' => fn () => new StreamedResponse('stream_in_steps', 200, Sse::headers(compress: true)),
    '/compressed-by-hand' => fn () => new StreamedResponse('stream_by_hand', 200, Sse::headers(compress: true)),
    '/by-hand' => fn () => new StreamedResponse('stream_by_hand', 200, HEADERS_BY_HAND),
    '/late-session' => fn (Request $request) => new StreamedResponse(function () use ($request) {
        // The kernel has saved the session and given up its lock by now; reading takes it again.
        $visits = $request->getSession()->get('visits', 0);
        Sse::stream(fn () => $visits);
    }, 200, Sse::headers()),
];

return [$kernel, $controllers];
