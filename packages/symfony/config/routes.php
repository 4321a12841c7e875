<?php

declare(strict_types=1);

namespace Symfony\Component\Routing\Loader\Configurator;

use PhpSse\SseBundle\Mercure\PublicUrl;
use PhpSse\SseBundle\Mercure\SubscribeController;

/** Where Mercure's hub is by its specification, so that what clients know of it stays right. */
return static function (RoutingConfigurator $routes): void {
    $routes->add(PublicUrl::ROUTE, '/.well-known/mercure')
        ->controller(SubscribeController::class)
        ->methods(['GET']);
};
