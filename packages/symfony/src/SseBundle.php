<?php

declare(strict_types=1);

namespace PhpSse\SseBundle;

use PhpSse\SseBundle\DependencyInjection\MercurePass;
use Symfony\Component\DependencyInjection\Compiler\PassConfig;
use Symfony\Component\DependencyInjection\ContainerBuilder;
use Symfony\Component\HttpKernel\Bundle\Bundle;

/** Server-Sent Events by the `sse` extension, and its hub in the place of Mercure's. */
final class SseBundle extends Bundle
{
    public function build(ContainerBuilder $container): void
    {
        parent::build($container);
        // All bundles have registered their services by now, and none has collected those with its tag.
        $container->addCompilerPass(new MercurePass(), PassConfig::TYPE_BEFORE_OPTIMIZATION, 64);
    }

    public function getPath(): string
    {
        return \dirname(__DIR__);
    }
}
