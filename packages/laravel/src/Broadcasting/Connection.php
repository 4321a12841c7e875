<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Broadcasting;

use Illuminate\Broadcasting\BroadcastManager;
use Illuminate\Contracts\Foundation\Application;
use LogicException;

/**
 * The connection `sse` of `config('broadcasting.connections')`, and the broadcaster that the routes serve.
 */
final class Connection
{
    /** Makes `BROADCAST_CONNECTION=sse` all that there is to say. */
    public static function configure(Application $app): void
    {
        $config = $app['config'];
        if (! $config->has('broadcasting.connections.sse')) {
            $config->set('broadcasting.connections.sse', ['driver' => 'sse']);
        }
        $app->resolving(BroadcastManager::class, function (BroadcastManager $manager) {
            // No self: since Laravel 13 it would be the manager.
            $manager->extend('sse', fn (Application $app) => Connection::broadcaster($app));
        });
    }

    /** True if the application broadcasts by it: the routes are wanted. */
    public static function isUsed(Application $app): bool
    {
        $config = $app['config'];
        $name = $config->get('sse.connection') ?? $config->get('broadcasting.default');

        return $config->get("broadcasting.connections.$name.driver") === 'sse';
    }

    /** The broadcaster whose channels the routes serve. */
    public static function served(BroadcastManager $manager): SseBroadcaster
    {
        $broadcaster = $manager->connection(config('sse.connection'));

        return $broadcaster instanceof SseBroadcaster ? $broadcaster : throw new LogicException(
            'The routes of php-sse/laravel serve a broadcasting connection whose driver is sse: set'
            . ' BROADCAST_CONNECTION=sse (before Laravel 11: BROADCAST_DRIVER=sse), or name the connection in'
            . ' config/sse.php, and then: php artisan optimize:clear'
        );
    }

    public static function broadcaster(Application $app): SseBroadcaster
    {
        $key = (string) $app['config']->get('app.key');
        if ($key === '') {
            throw new LogicException(
                'The driver sse makes its topics of the application\'s key, and there is none: php artisan key:generate'
            );
        }

        return new SseBroadcaster(Topics::of($app['config']->get('sse.prefix'), $key), $key);
    }
}
