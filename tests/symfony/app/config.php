<?php

/** The application's configuration, for every environment: included by Kernel::configureContainer(). */

declare(strict_types=1);

use App\Controller;
use App\Kernel;
use App\OwnTopicVoter;
use Symfony\Bundle\MercureBundle\MercureBundle;
use Symfony\Component\HttpKernel\Kernel as BaseKernel;
use Symfony\Component\HttpKernel\Log\Logger;
use Symfony\Component\Mercure\Update;

/** @var Kernel $this */
/** @var Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator $container */
$is5 = BaseKernel::MAJOR_VERSION < 6;
$container->extension('framework', [
    'secret' => 'not a secret',
    'http_method_override' => false,
    'router' => ['utf8' => true],
    'session' => ['handler_id' => null, 'storage_factory_id' => 'session.storage.factory.native', 'save_path' => '%env(APP_VAR_DIR)%/sessions'],
    'php_errors' => ['log' => true],
    'messenger' => ['routing' => [Update::class => 'sync'], 'transports' => ['sync' => 'sync://']],
    'profiler' => $this->debug ? ['collect' => true, 'dsn' => 'file:%env(APP_VAR_DIR)%/profiler'] : ['enabled' => false],
] + ($this->debug ? ['test' => true] : []));
$container->extension('twig', ['default_path' => __DIR__ . '/templates']);
$container->extension('security', [
    'password_hashers' => ['Symfony\Component\Security\Core\User\InMemoryUser' => 'plaintext'],
    'providers' => ['them' => ['memory' => ['users' => [
        'alice' => ['password' => 'a', 'roles' => ['ROLE_USER']],
        'bob' => ['password' => 'b', 'roles' => ['ROLE_USER']],
    ]]]],
    'firewalls' => ['main' => ['lazy' => true, 'http_basic' => true]],
] + ($is5 ? ['enable_authenticator_manager' => true] : []));
if (class_exists(MercureBundle::class) && $this->environment !== 'alone') {
    // As it was for a hub of Mercure's; nothing listens there.
    $container->extension('mercure', ['hubs' => ['default' => [
        'url' => 'http://127.0.0.1:9/.well-known/mercure',
        'public_url' => 'http://127.0.0.1:9/.well-known/mercure',
        'jwt' => ['secret' => Kernel::SECRET, 'publish' => ['*']],
    ]]]);
}
$container->extension('sse', ['mercure' => [
    'patterns' => [
        'https://example.com/users/{user}/orders/{id}',
        'https://example.com/files/{+path}',
        'https://example.com/search{?words}',
        '*',
    ],
    'jwt_secret' => Kernel::SECRET,
    'anonymous' => $this->environment !== 'strict',
    'limit' => 8,
    'hubs' => $this->environment === 'unknown' ? ['nowhere'] : [],
]]);
$container->services()->defaults()->autowire()->autoconfigure()
    ->set('logger', Logger::class)->args(['warning', '%env(APP_VAR_DIR)%/app.log'])
    ->set(OwnTopicVoter::class)
    ->set(Controller::class)->public()->tag('controller.service_arguments');
