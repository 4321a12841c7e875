<?php

declare(strict_types=1);

use App\Events\Counted;
use App\Events\OrderShipped;
use App\Models\Post;
use App\Models\User;
use App\Notifications\Greeting;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Auth;
use Illuminate\Support\Facades\Broadcast;
use Illuminate\Support\Facades\Route;

Route::get('/login/{id}', function (int $id) {
    Auth::loginUsingId($id);

    return csrf_token();
});
Route::post('/ship/{order}', function (int $order) {
    broadcast(new OrderShipped($order))->toOthers();
});
Route::get('/ship/{order}', fn (int $order) => OrderShipped::dispatch($order) ?? '');
Route::get('/count/{channel}/{from}/{to}', function (string $channel, int $from, int $to) {
    foreach (range($from, $to) as $number) {
        Broadcast::connection('sse')->broadcast([$channel], 'counted', compact('number'));
    }
});
Route::get('/queue/{channel}/{number}', fn (string $channel, int $number) => Counted::dispatch($channel, $number) ?? '');
Route::get('/greet/{id}', fn (int $id) => User::find($id)->notify(new Greeting()) ?? '');
Route::get('/post/{id}', fn (int $id) => Post::create(['user_id' => $id, 'title' => 'first'])->title);
Route::get('/broadcast', function (Request $request) {
    Broadcast::connection()->broadcast([$request->query('channel')], 'said', ['text' => 'hello']);
});
Route::get('/page', fn () => response()->file(base_path('page.html')));

require __DIR__ . '/streams.php';
