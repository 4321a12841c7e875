<?php

/** Laravel's response()->stream(), with a callback as its users have it. */

declare(strict_types=1);

use Illuminate\Contracts\Http\Kernel;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Route;

require __DIR__ . '/scene.php';
$app = require __DIR__ . '/../../../examples/laravel/bootstrap.php';

Route::fallback(fn () => response()->stream(function () {
    foreach (scene() as $event) {
        echo $event;
        ob_flush();
        flush();
        if (connection_aborted()) {
            break;
        }
    }
}, 200, ['Content-Type' => 'text/event-stream', 'Cache-Control' => 'no-cache']));

$app->make(Kernel::class)->handle(Request::capture())->send();
