<?php

/** The Laravel example, and the routes that only its tests need. */

declare(strict_types=1);

use Illuminate\Http\StreamedEvent;
use Illuminate\Support\Facades\Route;

require_once __DIR__ . '/../sources.php';
$app = require __DIR__ . '/../../../examples/laravel/bootstrap.php';
class_exists(StreamedEvent::class) || require __DIR__ . '/StreamedEvent.php';

function own_events(): Generator
{
    yield new StreamedEvent('greeting', "one line\nanother line");
    yield new StreamedEvent('progress', ['percent' => 50]);
}

Route::middleware('web')->group(function () {
    $stream = fn ($source) => response()->stream(fn () => Sse::stream($source), 200, Sse::headers());
    Route::get('/own-events', fn () => $stream(own_events()));
    Route::get('/not-to-be-stored', function () use ($stream) {
        $response = $stream(['sent']);
        $response->headers->set('Cache-Control', 'no-cache');

        return $response;
    });
    Route::get('/throws', fn () => $stream(throwing_source()));
    Route::get('/news', fn () => response()->stream('follow_news', 200, Sse::headers()));
    Route::get('/publish', fn () => Sse::publish('news', 'something new'));
    Route::get('/fails', fn () => throw new LogicException('the page has failed'));
    Route::get('/in-the-controller', fn () => stream_in_the_controller());
    Route::get('/compressed', fn () => response()->stream('stream_in_steps', 200, Sse::headers(compress: true)));
    Route::get('/compressed-by-hand', fn () => response()->stream('stream_by_hand', 200, Sse::headers(compress: true)));
    Route::get('/by-hand', fn () => response()->stream('stream_by_hand', 200, HEADERS_BY_HAND));
});

return $app;
