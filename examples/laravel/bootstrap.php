<?php

/**
 * Laravel on Debian's packages, wired by hand: kernel, router, exception handler, log, and sessions.
 * A real application has all of this; only routes/ and app/ are of interest for it.
 *
 * Nothing is written into this directory: sessions and log go to LARAVEL_STORAGE_PATH.
 */

declare(strict_types=1);

use Illuminate\Config\Repository;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Contracts\Http\Kernel as HttpKernel;
use Illuminate\Filesystem\FilesystemServiceProvider;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Bootstrap\BootProviders;
use Illuminate\Foundation\Bootstrap\HandleExceptions;
use Illuminate\Foundation\Exceptions\Handler;
use Illuminate\Foundation\Http\Kernel;
use Illuminate\Session\FileSessionHandler;
use Illuminate\Session\Middleware\StartSession;
use Illuminate\Session\SessionServiceProvider;
use Illuminate\Support\Facades\Facade;
use Illuminate\Translation\TranslationServiceProvider;
use Illuminate\View\ViewServiceProvider;

require_once 'Illuminate/autoload.php';
require_once __DIR__ . '/app/Http/Controllers/StreamController.php';

$storage = getenv('LARAVEL_STORAGE_PATH') ?: sys_get_temp_dir() . '/sse-laravel';
is_dir("$storage/sessions") || mkdir("$storage/sessions", recursive: true);

// PHP 8.6 warns when it loads Laravel 13's handler; later, that would become an exception.
@class_exists(FileSessionHandler::class);

$app = new Application(__DIR__);
$app->instance('env', 'production');
$app->instance('config', new Repository([
    'app' => ['locale' => 'en', 'fallback_locale' => 'en'],
    'logging' => [
        'default' => 'single',
        'channels' => ['single' => ['driver' => 'single', 'path' => "$storage/laravel.log"]],
    ],
    'session' => [
        'driver' => 'file', 'files' => "$storage/sessions", 'lifetime' => 120, 'lottery' => [2, 100],
        'expire_on_close' => false, 'encrypt' => false, 'serialization' => 'php', 'cookie' => 'laravel_session',
        'path' => '/', 'domain' => null, 'secure' => null, 'http_only' => true, 'same_site' => 'lax',
        'partitioned' => false,
    ],
    'view' => ['paths' => [], 'compiled' => $storage],
]));

Facade::setFacadeApplication($app);
$app->register(FilesystemServiceProvider::class);
$app->register(SessionServiceProvider::class);
$app->register(TranslationServiceProvider::class);
$app->register(ViewServiceProvider::class);

$app->singleton(ExceptionHandler::class, Handler::class);
$app->singleton(HttpKernel::class, fn () => new class ($app, $app['router']) extends Kernel {
    protected $bootstrappers = [HandleExceptions::class, BootProviders::class];
    protected $middlewareGroups = ['web' => [StartSession::class]];
});
$app['router']->middleware('web')->group(__DIR__ . '/routes/web.php');

return $app;
