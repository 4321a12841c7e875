<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Facades;

use Illuminate\Support\Facades\Facade;
use PhpSse\Laravel\SseService;
use PhpSse\Laravel\Testing\SseFake;

/**
 * @method static bool stream(callable|iterable $source, float $interval = 1.0, ?string $event = null, mixed ...$options)
 * @method static bool subscribe(string|array $topics, ?callable $filter = null, bool $handOff = true, iterable $first = [], mixed ...$options)
 * @method static string publish(string|array $topics, mixed $data, ?string $event = null)
 * @method static array status()
 * @method static array doctor()
 * @method static ?string lastEventId()
 * @method static ?string position()
 * @method static void renderErrorsUsing(?\Closure $event)
 * @method static void assertPublished(string $topic, ?callable $check = null)
 * @method static void assertNotPublished(string $topic)
 * @method static void assertNothingPublished()
 * @method static void assertSubscribed(string $topic)
 *
 * @see SseService
 * @see SseFake
 */
final class Sse extends Facade
{
    /** From here on nothing reaches a hub: what is published is kept, and streams that subscribe get it and end. */
    public static function fake(): SseFake
    {
        self::swap($fake = new SseFake());

        return $fake;
    }

    protected static function getFacadeAccessor(): string
    {
        return SseService::class;
    }
}
