<?php

declare(strict_types=1);

namespace Symfony\Component\DependencyInjection\Loader\Configurator;

use PhpSse\SseBundle\DataCollector\SseDataCollector;
use PhpSse\SseBundle\DataCollector\TraceablePublisher;

return static function (ContainerConfigurator $container): void {
    $container->services()
        ->set('sse.publisher.traceable', TraceablePublisher::class)
            ->decorate('sse.publisher')
            ->args([service('.inner')])
            ->tag('kernel.reset', ['method' => 'reset'])
        ->set(SseDataCollector::class)
            ->args([service('sse.publisher.traceable')])
            ->tag('data_collector', ['id' => 'sse', 'template' => '@Sse/data_collector/sse.html.twig']);
};
