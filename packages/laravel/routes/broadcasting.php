<?php

declare(strict_types=1);

use Illuminate\Routing\Middleware\ThrottleRequests;
use Illuminate\Routing\Middleware\ValidateSignature;
use Illuminate\Support\Facades\Route;
use PhpSse\Laravel\Broadcasting\StreamController;
use PhpSse\Laravel\Broadcasting\WhisperController;
use PhpSse\Laravel\Doctor\DoctorController;

$perMinute = config('sse.whispers_per_minute');
$throttle = $perMinute === null ? [] : [ThrottleRequests::class . ":$perMinute,1,sse-whisper"];

Route::prefix(config('sse.path'))->middleware(config('sse.middleware'))->group(function () use ($throttle) {
    Route::name('sse.stream')->get('stream', StreamController::class);
    Route::name('sse.whisper')->middleware($throttle)->post('whisper', WhisperController::class);
});
Route::name('sse.doctor')->middleware([ValidateSignature::class . ':relative'])
    ->get(config('sse.path') . '/doctor', DoctorController::class);
