<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\DependencyInjection;

use PhpSse\SseBundle\Mercure\SseHub;
use Symfony\Component\DependencyInjection\ChildDefinition;
use Symfony\Component\DependencyInjection\Compiler\CompilerPassInterface;
use Symfony\Component\DependencyInjection\ContainerBuilder;
use Symfony\Component\DependencyInjection\Exception\InvalidArgumentException;
use Symfony\Component\DependencyInjection\Reference;
use Symfony\Component\Mercure\Discovery;
use Symfony\Component\Mercure\HubInterface;
use Symfony\Component\Mercure\HubRegistry;
use Symfony\Component\Mercure\Messenger\UpdateHandler;
use Symfony\Component\Mercure\Twig\MercureExtension;
use Symfony\UX\Turbo\Bridge\Mercure\Broadcaster;
use Symfony\UX\Turbo\Bridge\Mercure\TurboStreamListenRenderer;

/**
 * Puts the extension's hub where the application's code looks for Mercure's: in the place of each hub of
 * mercure-bundle, or, where that bundle is not, as the hub `default`, with all that the bundle would register.
 */
final class MercurePass implements CompilerPassInterface
{
    /** The profiler's hub of mercure-bundle stands around ours. */
    private const INNERMOST = 1000;

    public function process(ContainerBuilder $container): void
    {
        if (!$container->getParameter('sse.mercure.enabled') || !interface_exists(HubInterface::class)) {
            return;
        }
        $hubs = array_keys($container->findTaggedServiceIds('mercure.hub'));
        if ($hubs || $container->getParameter('sse.mercure.hubs')) {
            $this->takeTheirPlace($container, $hubs);
        } else {
            $this->register($container);
        }
    }

    /** @param list<string> $ids */
    private function takeTheirPlace(ContainerBuilder $container, array $ids): void
    {
        $wanted = array_map(
            static fn (string $name): string => "mercure.hub.$name",
            $container->getParameter('sse.mercure.hubs'),
        );
        if ($unknown = array_diff($wanted, $ids)) {
            $known = implode(', ', $ids) ?: 'none: symfony/mercure-bundle is not enabled, or has no hubs';
            throw new InvalidArgumentException(
                'sse.mercure.hubs names ' . implode(', ', $unknown) . ", which is not there. There is $known.",
            );
        }
        foreach ($wanted ?: $ids as $id) {
            $container->setDefinition("sse.$id", new ChildDefinition('sse.mercure.hub'))
                ->setDecoratedService($id, null, self::INNERMOST)
                ->replaceArgument(3, new Reference("sse.$id.inner"));
        }
    }

    private function register(ContainerBuilder $container): void
    {
        $container->setDefinition('mercure.hub.default', new ChildDefinition('sse.mercure.hub'))
            ->setClass(SseHub::class);
        $hub = new Reference('mercure.hub.default');
        $container->setAlias(HubInterface::class, 'mercure.hub.default');
        $container->register(HubRegistry::class, HubRegistry::class)->setArguments([$hub, ['default' => $hub]]);
        $container->register(Discovery::class, Discovery::class)->setArguments([new Reference(HubRegistry::class)]);
        if ($container->hasDefinition('messenger.default_bus') || $container->hasAlias('messenger.default_bus')) {
            $container->register('mercure.hub.default.message_handler', UpdateHandler::class)
                ->setArguments([$hub])->addTag('messenger.message_handler');
        }
        if ($container->hasDefinition('twig')) {
            $container->register(MercureExtension::class, MercureExtension::class)
                ->setArguments([new Reference(HubRegistry::class)])->addTag('twig.extension');
        }
        if (class_exists(Broadcaster::class) && $container->hasDefinition('turbo.id_accessor')) {
            $this->registerTurbo($container, $hub);
        }
    }

    /** What mercure-bundle registers for UX Turbo. */
    private function registerTurbo(ContainerBuilder $container, Reference $hub): void
    {
        $helpers = ['stimulus.helper', 'webpack_encore.twig_stimulus_extension'];
        $helper = array_values(array_filter($helpers, $container->has(...)))[0] ?? null;
        if (null !== $helper) {
            $container->register('turbo.mercure.default.renderer', TurboStreamListenRenderer::class)
                ->setArguments([$hub, new Reference($helper), new Reference('turbo.id_accessor')])
                ->addTag('turbo.renderer.stream_listen', ['transport' => 'default']);
        }
        $container->register('turbo.mercure.default.broadcaster', Broadcaster::class)
            ->setArguments(['default', $hub])->addTag('turbo.broadcaster');
    }
}
