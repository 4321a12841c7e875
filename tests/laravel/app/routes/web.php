<?php

declare(strict_types=1);

use App\Events\Counted;
use App\Events\Shipped;
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
    broadcast(new Shipped($order))->toOthers();
});
Route::get('/ship/{order}', fn (int $order) => Shipped::dispatch($order) ?? '');
Route::get('/count/{channel}/{from}/{to}', function (string $channel, int $from, int $to) {
    foreach (range($from, $to) as $number) {
        Broadcast::connection('sse')->broadcast([$channel], 'counted', compact('number'));
    }
});
Route::get('/queue/{channel}/{number}', fn (string $channel, int $number) => Counted::dispatch($channel, $number) ?? '');
Route::get('/greet/{id}', fn (int $id) => User::find($id)->notify(new Greeting()) ?? '');
Route::get('/post/{id}', fn (int $id) => Post::create(['user_id' => $id, 'title' => 'first'])->title);
Route::get('/broadcast', function (Request $request) {
    $text = str_repeat('x', (int) $request->query('size', 5));
    Broadcast::connection()->broadcast([$request->query('channel')], 'said', compact('text'));
});
Route::get('/flash', function () {
    session()->flash('note', 'for the next page');
});
Route::get('/flashed', fn () => session('note', 'nothing'));
// The event is one of docs/moving/from-pusher-and-reverb.md.
Route::get('/price/{price}', fn (int $price) => App\Events\Priced::dispatch($price) ?? '');

require __DIR__ . '/streams.php';
