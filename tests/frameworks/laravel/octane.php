<?php

/**
 * One process for many requests, as Laravel Octane has it on FrankenPHP: the application is booted once, and each
 * request gets a clone of it, a sandbox.
 */

declare(strict_types=1);

use Illuminate\Container\Container;
use Illuminate\Contracts\Http\Kernel;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Facade;

$app = require __DIR__ . '/../../../examples/laravel/bootstrap.php';
$app->make(Kernel::class)->bootstrap();

$into = static function ($app): void {
    $app->instance('app', $app);
    $app->instance(Container::class, $app);
    Container::setInstance($app);
    Facade::clearResolvedInstances();
    Facade::setFacadeApplication($app);
};
$serve = static function () use ($app, $into): void {
    $sandbox = clone $app;
    $into($sandbox);
    $sandbox['router']->setContainer($sandbox);
    // A session of its own, as Octane has it.
    $sandbox->forgetInstance('session');
    $sandbox->forgetInstance('session.store');
    $sandbox->forgetInstance(Illuminate\Session\Middleware\StartSession::class);
    $kernel = $sandbox->make(Kernel::class);
    $kernel->setApplication($sandbox);
    $request = Request::capture();
    try {
        $response = $kernel->handle($request);
        $response->send();
        $kernel->terminate($request, $response);
    } finally {
        $sandbox->flush();
        $into($app);
    }
};
while (frankenphp_handle_request($serve)) {
    gc_collect_cycles();
}
