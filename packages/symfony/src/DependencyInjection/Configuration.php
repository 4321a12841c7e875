<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\DependencyInjection;

use InvalidArgumentException;
use PhpSse\SseBundle\Mercure\SubscriberToken;
use PhpSse\SseBundle\Mercure\TopicPattern;
use Symfony\Component\Config\Definition\Builder\ArrayNodeDefinition;
use Symfony\Component\Config\Definition\Builder\NodeBuilder;
use Symfony\Component\Config\Definition\Builder\TreeBuilder;
use Symfony\Component\Config\Definition\ConfigurationInterface;
use Symfony\Component\Mercure\HubInterface;

/** What can be set under `sse:`. */
final class Configuration implements ConfigurationInterface
{
    public function getConfigTreeBuilder(): TreeBuilder
    {
        $tree = new TreeBuilder('sse');
        /** @var ArrayNodeDefinition $root */
        $root = $tree->getRootNode();
        $mercure = $root->children()->arrayNode('mercure');
        $mercure->info('The extension\'s hub in the place of Mercure\'s')->addDefaultsIfNotSet();
        // Without symfony/mercure there is no Update to publish; subscribers can be served all the same.
        $mercure->{interface_exists(HubInterface::class) ? 'canBeDisabled' : 'canBeEnabled'}();
        $this->publishing($mercure->children());
        $this->subscribing($mercure->children());

        return $tree;
    }

    private function publishing(NodeBuilder $mercure): void
    {
        $mercure->arrayNode('hubs')
            ->info('The hubs of mercure-bundle that it takes the place of; empty: all')
            ->scalarPrototype()->end();
        $mercure->scalarNode('public_url')
            ->info('Where clients subscribe; null: the URL of the route sse_mercure')
            ->defaultNull();
        $mercure->arrayNode('patterns')
            ->info('Patterns of topics that can be followed, beyond those of one last segment (/books/{id})')
            ->example(['https://example.com/users/{user}/orders/{id}', '*'])
            ->scalarPrototype()->validate()->always(static function (string $pattern): string {
                try {
                    TopicPattern::parse($pattern);
                } catch (InvalidArgumentException $exception) {
                    $message = "sse.mercure.patterns: {$exception->getMessage()}";
                    throw new InvalidArgumentException($message, 0, $exception);
                }

                return $pattern;
            })->end()->end();
    }

    private function subscribing(NodeBuilder $mercure): void
    {
        $mercure->booleanNode('anonymous')
            ->info('Whether everybody may follow public updates; false: who may not follow a topic gets 403')
            ->defaultTrue();
        $mercure->scalarNode('jwt_secret')
            ->info('The secret of Mercure\'s subscriber tokens; null: they are not looked at, voters alone decide')
            ->example('%env(MERCURE_JWT_SECRET)%')
            ->defaultNull();
        $mercure->enumNode('jwt_algorithm')
            ->values(array_keys(SubscriberToken::ALGORITHMS))
            ->defaultValue('HS256');
        $mercure->scalarNode('cookie_name')
            ->info('The cookie of the token, if it is none of Mercure\'s own')
            ->defaultNull();
        $mercure->arrayNode('allow_origin')
            ->info('Origins of other sites that may read streams; empty: sse.allow_origin of php.ini')
            ->beforeNormalization()->castToArray()->end()
            ->scalarPrototype()->end();
        $mercure->integerNode('limit')
            ->info('How many streams one user, or one address without a user, may have at once; 0: no limit')
            ->min(0)->defaultValue(0);
        $mercure->enumNode('on_limit')
            ->values(['refuse', 'retry', 'drop-oldest'])
            ->defaultValue('retry');
    }
}
