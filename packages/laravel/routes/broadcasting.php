<?php

declare(strict_types=1);

use Illuminate\Routing\Middleware\ThrottleRequests;
use Illuminate\Support\Facades\Route;
use PhpSse\Laravel\Broadcasting\StreamController;
use PhpSse\Laravel\Broadcasting\WhisperController;

Route::prefix(config('sse.path'))->middleware(config('sse.middleware'))->group(function () {
    Route::get('stream', StreamController::class)->name('sse.stream');
    $perMinute = config('sse.whispers_per_minute');
    Route::post('whisper', WhisperController::class)->name('sse.whisper')
        ->middleware($perMinute === null ? [] : [ThrottleRequests::class . ":$perMinute,1,sse-whisper"]);
});
