<?php

declare(strict_types=1);

namespace Symfony\Component\DependencyInjection\Loader\Configurator;

use PhpSse\SseBundle\Command\DoctorCommand;
use PhpSse\SseBundle\Command\StatusCommand;
use PhpSse\SseBundle\HubPublisher;
use PhpSse\SseBundle\Publisher;

return static function (ContainerConfigurator $container): void {
    $container->services()
        ->set('sse.publisher', HubPublisher::class)
        ->alias(Publisher::class, 'sse.publisher')
        ->set(StatusCommand::class)->tag('console.command')
        ->set(DoctorCommand::class)
            ->args([
                service('sse.mercure.public_url')->nullOnInvalid(),
                service('security.authorization_checker')->nullOnInvalid(),
            ])
            ->tag('console.command');
};
