<?php

declare(strict_types=1);

namespace PhpSse\Laravel;

use Illuminate\Foundation\Console\AboutCommand;
use Illuminate\Support\ServiceProvider;
use PhpSse\Laravel\Broadcasting\Connection;
use PhpSse\Laravel\Console\DoctorCommand;
use PhpSse\Laravel\Console\InstallCommand;
use PhpSse\Laravel\Console\StatusCommand;
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
            $this->bootConsole();
        }
    }

    private function bootConsole(): void
    {
        $this->publishes([__DIR__ . '/../config/sse.php' => $this->app->configPath('sse.php')], 'sse-config');
        $this->commands([DoctorCommand::class, InstallCommand::class, StatusCommand::class]);
        // Since Laravel 9.
        if (class_exists(AboutCommand::class)) {
            AboutCommand::add('SSE', fn () => $this->about());
        }
    }

    /** @return array<string, string> */
    private function about(): array
    {
        $version = phpversion('sse');
        if ($version === false) {
            return ['Extension' => 'not loaded'];
        }
        $status = $this->app->make(SseService::class)->status();

        return [
            'Extension' => $version,
            'Broadcasting' => Connection::isUsed($this->app) ? 'by sse' : 'by another driver',
            'Hub' => ($status['running'] ?? false) ? "runs, {$status['streams']} streams" : 'does not run yet',
        ];
    }
}
