<?php

/**
 * Symfony's HttpKernel on Debian's packages, wired by hand as FrameworkBundle does it: routing,
 * sessions, streamed responses, error handling with a log. A real application has all of this; only
 * src/ is of interest for it.
 *
 * Nothing is written into this directory: sessions and log go to APP_VAR_DIR.
 */

declare(strict_types=1);

use App\Controller\StreamController;
use Psr\Container\ContainerInterface;
use Symfony\Component\ErrorHandler\ErrorHandler;
use Symfony\Component\ErrorHandler\Exception\FlattenException;
use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\HttpFoundation\RequestStack;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpFoundation\Session\SessionFactory;
use Symfony\Component\HttpFoundation\Session\Storage\Handler\NativeFileSessionHandler;
use Symfony\Component\HttpFoundation\Session\Storage\NativeSessionStorageFactory;
use Symfony\Component\HttpKernel\Controller\ControllerResolver;
use Symfony\Component\HttpKernel\EventListener\DebugHandlersListener;
use Symfony\Component\HttpKernel\EventListener\ErrorListener;
use Symfony\Component\HttpKernel\EventListener\ResponseListener;
use Symfony\Component\HttpKernel\EventListener\RouterListener;
use Symfony\Component\HttpKernel\EventListener\SessionListener;
use Symfony\Component\HttpKernel\EventListener\StreamedResponseListener;
use Symfony\Component\HttpKernel\HttpKernel;
use Symfony\Component\HttpKernel\Kernel;
use Symfony\Component\HttpKernel\Log\Logger;
use Symfony\Component\Routing\Matcher\UrlMatcher;
use Symfony\Component\Routing\RequestContext;
use Symfony\Component\Routing\Route;
use Symfony\Component\Routing\RouteCollection;
use Symfony\Contracts\Service\ServiceLocatorTrait;

require_once 'Symfony/Component/HttpKernel/autoload.php';
require_once 'Symfony/Component/Routing/autoload.php';
require_once 'Symfony/Contracts/Service/autoload.php';
require_once __DIR__ . '/src/Controller/StreamController.php';

$var = getenv('APP_VAR_DIR') ?: sys_get_temp_dir() . '/sse-symfony';
is_dir($var) || mkdir($var, recursive: true);

$logger = new Logger('info', "$var/symfony.log");
ErrorHandler::register()->setDefaultLogger($logger);
$controller = new StreamController($logger);

$routes = new RouteCollection();
$routes->add('ticker', new Route('/ticker', ['_controller' => [$controller, 'ticker']]));
$routes->add('countdown', new Route('/countdown', ['_controller' => [$controller, 'countdown']]));
$routes->add('visits', new Route('/visits', ['_controller' => [$controller, 'visits']]));

$requests = new RequestStack();
$sessions = new SessionFactory(
    $requests,
    new NativeSessionStorageFactory([], new NativeFileSessionHandler("$var/sessions")),
);
$services = new class (['session_factory' => fn () => $sessions]) implements ContainerInterface {
    use ServiceLocatorTrait;
};
$errorPage = fn (FlattenException $exception) => new Response($exception->getStatusText());

$events = new EventDispatcher();
$events->addSubscriber(new DebugHandlersListener());
$events->addSubscriber(new RouterListener(new UrlMatcher($routes, new RequestContext()), $requests));
$events->addSubscriber(new SessionListener($services));
$events->addSubscriber(new ResponseListener('UTF-8'));
$events->addSubscriber(new ErrorListener($errorPage, $logger));
if (Kernel::VERSION_ID < 60100) {
    // Since 6.1 it is whoever has called the kernel that sends a streamed response.
    $events->addSubscriber(new StreamedResponseListener());
}

return new HttpKernel($events, new ControllerResolver(), $requests);
