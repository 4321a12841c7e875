<?php

/** What `composer create-project symfony/skeleton` writes, for all versions of Symfony that the tests run on. */

namespace App;

use Symfony\Bundle\FrameworkBundle\Kernel\MicroKernelTrait;
use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator;
use Symfony\Component\HttpKernel\Kernel as BaseKernel;
use Symfony\Component\Routing\Annotation\Route as AnnotationRoute;
use Symfony\Component\Routing\Attribute\Route;
use Symfony\Component\Routing\Loader\Configurator\RoutingConfigurator;

class Kernel extends BaseKernel
{
    use MicroKernelTrait;

    public function getProjectDir(): string
    {
        return \dirname(__DIR__);
    }

    private function configureContainer(ContainerConfigurator $container): void
    {
        $container->import('../config/packages/*.yaml');
        $container->import('../config/services.yaml');
        if (self::MAJOR_VERSION < 6) {
            $container->extension('security', ['enable_authenticator_manager' => true]);
        }
    }

    private function configureRoutes(RoutingConfigurator $routes): void
    {
        $routes->import('../config/routes/*.yaml');
        // Before Symfony 6.2, its users write the other name.
        class_exists(Route::class) || class_alias(AnnotationRoute::class, Route::class);
        $routes->import('../src/Controller/', self::MAJOR_VERSION < 6 ? 'annotation' : 'attribute');
    }
}
