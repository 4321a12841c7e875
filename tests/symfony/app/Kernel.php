<?php

declare(strict_types=1);

namespace App;

use PhpSse\SseBundle\SseBundle;
use Symfony\Bundle\FrameworkBundle\FrameworkBundle;
use Symfony\Bundle\FrameworkBundle\Kernel\MicroKernelTrait;
use Symfony\Bundle\MercureBundle\MercureBundle;
use Symfony\Bundle\SecurityBundle\SecurityBundle;
use Symfony\Bundle\TwigBundle\TwigBundle;
use Symfony\Bundle\WebProfilerBundle\WebProfilerBundle;
use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator;
use Symfony\Component\HttpKernel\Kernel as BaseKernel;
use Symfony\Component\Routing\Loader\Configurator\RoutingConfigurator;

/**
 * An application as small as can be. Environments: prod; dev, with the profiler; strict, where nobody
 * is anonymous; alone, without mercure-bundle; unknown, with a hub that is not there.
 */
final class Kernel extends BaseKernel
{
    use MicroKernelTrait;

    public const SECRET = 'a-secret-of-at-least-256-bits-as-they-ask-for';

    public function registerBundles(): iterable
    {
        yield new FrameworkBundle();
        yield new SecurityBundle();
        yield new TwigBundle();
        if (class_exists(MercureBundle::class) && $this->environment !== 'alone') {
            yield new MercureBundle();
        }
        if ($this->debug) {
            yield new WebProfilerBundle();
        }
        yield new SseBundle();
    }

    public function getProjectDir(): string
    {
        return __DIR__;
    }

    public function getCacheDir(): string
    {
        return (getenv('APP_CACHE_DIR') ?: getenv('APP_VAR_DIR')) . "/$this->environment";
    }

    public function getLogDir(): string
    {
        return (string) getenv('APP_VAR_DIR');
    }

    private function configureContainer(ContainerConfigurator $container): void
    {
        require __DIR__ . '/config.php';
    }

    private function configureRoutes(RoutingConfigurator $routes): void
    {
        $routes->import('@SseBundle/config/routes.php');
        if ($this->debug) {
            $routing = '@WebProfilerBundle/Resources/config/routing';
            // Symfony 7.3 and later have it in PHP, and 8 in nothing else.
            $extension = BaseKernel::VERSION_ID < 70300 ? 'xml' : 'php';
            $routes->import("$routing/wdt.$extension")->prefix('/_wdt');
            $routes->import("$routing/profiler.$extension")->prefix('/_profiler');
        }
        foreach (get_class_methods(Controller::class) as $name) {
            $routes->add($name, '/' . strtr($name, '_', '-'))->controller([Controller::class, $name]);
        }
    }
}
