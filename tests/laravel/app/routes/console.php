<?php

declare(strict_types=1);

use App\Models\Post;
use App\Models\User;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\Artisan;
use Illuminate\Support\Facades\Schema;

Artisan::command('app:setup', function () {
    touch(database_path('database.sqlite'));
    Schema::create('users', function (Blueprint $table) {
        $table->id();
        $table->string('name');
        $table->rememberToken();
    });
    Schema::create('posts', function (Blueprint $table) {
        $table->id();
        $table->foreignIdFor(User::class);
        $table->string('title');
    });
    Schema::create('jobs', function (Blueprint $table) {
        $table->id();
        $table->string('queue')->index();
        $table->longText('payload');
        $table->unsignedTinyInteger('attempts');
        $table->unsignedInteger('reserved_at')->nullable();
        $table->unsignedInteger('available_at');
        $table->unsignedInteger('created_at');
    });
    foreach (['Ann', 'Bob'] as $name) {
        User::create(compact('name'));
    }
});
