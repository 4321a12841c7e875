<?php

declare(strict_types=1);

namespace Symfony\Component\DependencyInjection\Loader\Configurator;

use PhpSse\SseBundle\Mercure\Access;
use PhpSse\SseBundle\Mercure\PublicUrl;
use PhpSse\SseBundle\Mercure\SseHub;
use PhpSse\SseBundle\Mercure\SubscribeController;
use PhpSse\SseBundle\Mercure\TopicNames;

return static function (ContainerConfigurator $container): void {
    $container->services()
        ->set('sse.mercure.public_url', PublicUrl::class)
            ->args([service('router'), param('sse.mercure.public_url')])
        ->set('sse.mercure.topic_names', TopicNames::class)
            ->args([param('sse.mercure.patterns')])
        ->alias(TopicNames::class, 'sse.mercure.topic_names')
        ->set('sse.mercure.hub', SseHub::class)
            ->abstract()
            ->args([
                service('sse.publisher'),
                service('sse.mercure.topic_names'),
                service('sse.mercure.public_url'),
                null,
                service('logger')->nullOnInvalid(),
            ])
        ->set('sse.mercure.access', Access::class)
            ->args([
                service('security.authorization_checker')->nullOnInvalid(),
                param('sse.mercure.jwt_secret'),
                param('sse.mercure.jwt_algorithm'),
                param('sse.mercure.cookie_name'),
            ])
        ->set(SubscribeController::class)
            ->args([
                service('sse.mercure.topic_names'),
                service('sse.mercure.access'),
                param('sse.mercure.anonymous'),
                param('sse.mercure.stream_options'),
                service('security.token_storage')->nullOnInvalid(),
            ])
            ->tag('controller.service_arguments')
            ->public();
};
