<?php

declare(strict_types=1);

use App\Http\Controllers\StreamController;
use Illuminate\Support\Facades\Route;

Route::get('/ticker', [StreamController::class, 'ticker']);
Route::get('/countdown', [StreamController::class, 'countdown']);
Route::get('/visits', [StreamController::class, 'visits']);
