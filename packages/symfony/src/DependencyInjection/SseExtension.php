<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\DependencyInjection;

use Symfony\Component\Config\FileLocator;
use Symfony\Component\DependencyInjection\ContainerBuilder;
use Symfony\Component\DependencyInjection\Extension\Extension;
use Symfony\Component\DependencyInjection\Loader\PhpFileLoader;

/** Loads the bundle's services, as far as the application has what they need. */
final class SseExtension extends Extension
{
    /** @param array<mixed> $configs */
    public function load(array $configs, ContainerBuilder $container): void
    {
        $config = $this->processConfiguration(new Configuration(), $configs);
        $loader = new PhpFileLoader($container, new FileLocator(\dirname(__DIR__, 2) . '/config'));
        $loader->load('services.php');
        if ($container->getParameter('kernel.debug')) {
            $loader->load('debug.php');
        }
        $mercure = $config['mercure'];
        $container->setParameter('sse.mercure.enabled', $mercure['enabled']);
        if ($mercure['enabled']) {
            $this->setMercureParameters($container, $mercure);
            $loader->load('mercure.php');
        }
    }

    /** @param array<string, mixed> $mercure */
    private function setMercureParameters(ContainerBuilder $container, array $mercure): void
    {
        $names = ['hubs', 'public_url', 'patterns', 'anonymous', 'jwt_secret', 'jwt_algorithm', 'cookie_name'];
        foreach ($names as $name) {
            $container->setParameter("sse.mercure.$name", $mercure[$name]);
        }
        $container->setParameter('sse.mercure.stream_options', array_filter([
            'allowOrigin' => $mercure['allow_origin'] ?: null,
            'limit' => $mercure['limit'],
            'onLimit' => $mercure['limit'] ? $mercure['on_limit'] : null,
        ]));
    }
}
