<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Doctor;

use Illuminate\Broadcasting\BroadcastManager;
use Illuminate\Routing\Router;
use PhpSse\Laravel\Broadcasting\Connection;
use PhpSse\Laravel\SseService;
use SseException;
use Throwable;

/** Looks at the application's own settings, from the command line. */
final class Application
{
    public function __construct(
        private \Illuminate\Contracts\Foundation\Application $app,
        private BroadcastManager $manager,
        private Router $router,
        private SseService $sse,
    ) {
    }

    /** What is wrong where this PHP does not have the extension; null: it has. */
    public static function missing(): ?string
    {
        return extension_loaded('sse') ? null
            : 'The extension sse is not loaded in this PHP (' . PHP_BINARY . ', ' . (php_ini_loaded_file() ?: 'no php.ini')
            . '): pie install php-sse/sse-ext, for the command line and for the web server';
    }

    /** @return list<Finding> */
    public function findings(): array
    {
        if (self::missing() !== null) {
            return [Finding::wrong('extension', self::missing())];
        }
        $findings = [Finding::good('extension', 'sse ' . phpversion('sse') . ' on PHP ' . PHP_VERSION), $this->hub()];
        if (! Connection::isUsed($this->app)) {
            $default = (string) $this->app['config']->get('broadcasting.default');

            return [...$findings, Finding::good('broadcasting', "goes by \"$default\", not by sse: php artisan sse:install")];
        }

        return [...$findings, $this->channels(), $this->routes(), $this->queue()];
    }

    private function hub(): Finding
    {
        try {
            $status = $this->sse->status();
        } catch (SseException $error) {
            return Finding::wrong('hub', $error->getMessage());
        }

        return Finding::good('hub', ($status['running'] ?? false)
            ? "runs, with {$status['streams']} streams"
            : 'does not run yet: the first stream or event starts it');
    }

    private function channels(): Finding
    {
        try {
            $count = Connection::served($this->manager)->countRules();
        } catch (Throwable $error) {
            return Finding::wrong('broadcasting', $error->getMessage());
        }

        return $count > 0
            ? Finding::good('broadcasting', "goes by sse; routes/channels.php has rules for $count private channels")
            : Finding::wrong('broadcasting', 'goes by sse, but there is no rule for a private channel, so nobody may '
                . 'follow one: routes/channels.php is empty or not loaded (php artisan sse:install)');
    }

    private function routes(): Finding
    {
        if ($this->app['config']->get('sse.path') === null) {
            return Finding::good('routes', 'are your own: config/sse.php has no path');
        }
        $route = $this->router->getRoutes()->getByName('sse.stream');

        return $route === null
            ? Finding::wrong('routes', 'are cached from before: php artisan route:clear')
            : Finding::good('routes', "GET /{$route->uri()}, through " . implode(', ', $route->gatherMiddleware()));
    }

    private function queue(): Finding
    {
        $name = (string) $this->app['config']->get('queue.default');

        return Finding::good('queue', $name === 'sync'
            ? 'sync: events go out within the request'
            : "$name: events of ShouldBroadcast wait for php artisan queue:work, those of ShouldBroadcastNow do not");
    }
}
