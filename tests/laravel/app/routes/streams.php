<?php

/** Streams by the macros. */

declare(strict_types=1);

use Illuminate\Http\StreamedEvent;
use Illuminate\Support\Facades\Route;
use PhpSse\Laravel\SseService;

class_exists(StreamedEvent::class) || require __DIR__ . '/../../../frameworks/laravel/StreamedEvent.php';

Route::prefix('sse')->group(function () {
    // What somebody has written for eventStream() of Laravel 11, to the letter but for the name.
    $chat = function () {
        foreach (['hi', 'there'] as $word) {
            yield new StreamedEvent(event: 'update', data: $word);
        }
        yield ['json' => true];
    };
    Route::get('ported', fn () => response()->sse($chat, event: 'update', end: '</stream>'));
    Route::get('countdown', fn () => response()->sse([2, 1], headers: ['X-Own' => 'yes'], retry: 1500));
    Route::get('unchanged', fn () => response()->sse([1, 1, '1', 2, 2], changes: true));
    Route::get('resumed', fn (SseService $sse) =>
        response()->sse([$sse->lastEventId(), session('name', 'nobody')]));
    Route::get('polled', fn () => response()->sse(fn (Sse $sse) => $sse->lastEventId, 0.01, event: 'tick'));
    Route::get('throws/early', function () {
        throw new RuntimeException('before the response');
    });
    Route::get('throws/option', fn () => response()->sse([], heartbeat: -1));
    Route::get('throws/late/{kind}', function (string $kind) {
        $iterator = (function () {
            yield 'first';
            throw new RuntimeException('in the source');
        });
        $asked = function () {
            throw new RuntimeException('in the source');
        };
        $source = ['generator' => $iterator, 'iterator' => $iterator(), 'asked' => $asked][$kind];

        return response()->sse($source, onError: fn (Throwable $error) => new SseEvent('sorry', 'failed'));
    });
    Route::get('throws/data', fn () => response()->sse(["\xff" => 'good', NAN]));
    Route::get('subscribed', fn () => response()->subscribe('news', first: [new SseEvent('state', 'state')]));
    Route::get('publish', fn () => Sse::publish('news', 'published'));
});
