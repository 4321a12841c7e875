<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Console;

use Illuminate\Console\Command;

/** Has the application broadcast by the driver sse. Run again, it changes nothing more. */
final class InstallCommand extends Command
{
    private const PAGE = <<<'JS'
          npm install --save-dev laravel-echo php-sse-client

          import Echo from 'laravel-echo';
          import { SseConnector } from 'php-sse-client/echo';

          window.Echo = new Echo({ broadcaster: SseConnector });
        JS;

    /** How to tell that routes/channels.php is loaded; where to have it loaded, and by what. */
    private const LOADED_BY = [
        // Laravel 8 to 10.
        'config/app.php' => [
            '/^[ \t]*App\\\\Providers\\\\BroadcastServiceProvider::class/m',
            '/^([ \t]*)\/\/[ \t]*(App\\\\Providers\\\\BroadcastServiceProvider::class)/m',
            '$1$2',
        ],
        // Since Laravel 11.
        'bootstrap/app.php' => [
            '/^[ \t]*channels:|withBroadcasting\(/m',
            '/^([ \t]*)(commands: .*)$/m',
            "\$1\$2\n\$1channels: __DIR__.'/../routes/channels.php',",
        ],
    ];

    protected $signature = 'sse:install';

    protected $description = 'Broadcast by the driver sse: settings, channels, configuration';

    public function handle(): int
    {
        $this->make('config/sse.php', $this->laravel->configPath('sse.php'), __DIR__ . '/../../config/sse.php');
        $this->setConnection();
        $channels = 'routes/channels.php';
        $this->make($channels, $this->laravel->basePath($channels), __DIR__ . '/channels.stub');
        $this->loadChannels();
        $this->line('In the page (resources/js/app.js):');
        $this->line(self::PAGE);
        $this->line('Then: php artisan sse:doctor');

        return self::SUCCESS;
    }

    private function make(string $name, string $path, string $source): void
    {
        if (is_file($path)) {
            $this->line("$name is there already.");

            return;
        }
        copy($source, $path);
        $this->line("$name was made.");
    }

    private function setConnection(): void
    {
        $name = $this->connectionVariable();
        foreach (['.env', '.env.example'] as $file) {
            $env = new EnvFile($this->laravel->basePath($file));
            if ($env->exists()) {
                $changed = $env->set($name, 'sse') ? 'was set' : 'is there already';
                $this->line("$file: $name=sse $changed.");
            }
        }
    }

    /** What config/broadcasting.php reads. */
    private function connectionVariable(): string
    {
        $path = $this->laravel->configPath('broadcasting.php');
        $config = is_file($path) ? (string) file_get_contents($path) : '';
        $isOld = $config === '' ? version_compare($this->laravel->version(), '11', '<')
            : ! str_contains($config, 'BROADCAST_CONNECTION');

        return $isOld ? 'BROADCAST_DRIVER' : 'BROADCAST_CONNECTION';
    }

    /** Has routes/channels.php loaded, as Laravel's own installation of broadcasting does. */
    private function loadChannels(): void
    {
        foreach (self::LOADED_BY as $file => [$isLoaded, $pattern, $replacement]) {
            $path = $this->laravel->basePath($file);
            $code = is_file($path) ? (string) file_get_contents($path) : '';
            if (preg_match($isLoaded, $code) === 1) {
                $this->line("$file loads it already.");

                return;
            }
            if (preg_match($pattern, $code) === 1) {
                file_put_contents($path, preg_replace($pattern, $replacement, $code, 1));
                $this->line("$file loads it from now on.");

                return;
            }
        }
        $this->line('Have routes/channels.php loaded, in a service provider:'
            . " Broadcast::routes(); require base_path('routes/channels.php');");
    }
}
