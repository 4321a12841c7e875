<?php

declare(strict_types=1);

namespace PhpSse\Laravel;

use Illuminate\Support\ServiceProvider;
use PhpSse\Laravel\Broadcasting\Connection;
use PhpSse\Laravel\Testing\TestResponseMacros;

/**
 * What the package adds to an application; Laravel discovers it by itself.
 */
final class SseServiceProvider extends ServiceProvider
{
    public function register(): void
    {
        $this->mergeConfigFrom(__DIR__ . '/../config/sse.php', 'sse');
        $this->app->singleton(SseService::class);
        Connection::configure($this->app);
    }

    public function boot(): void
    {
        ResponseMacros::register();
        if ($this->app['config']->get('sse.path') !== null && Connection::isUsed($this->app)) {
            $this->loadRoutesFrom(__DIR__ . '/../routes/broadcasting.php');
        }
        if ($this->app->runningUnitTests()) {
            TestResponseMacros::register();
        }
        if ($this->app->runningInConsole()) {
            $this->publishes([__DIR__ . '/../config/sse.php' => $this->app->configPath('sse.php')], 'sse-config');
        }
    }
}
