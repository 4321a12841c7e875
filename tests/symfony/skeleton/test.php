<?php

/** Runs the body of a test that a page shows: `php test.php <file>`. */

use App\Kernel;

require_once __DIR__ . '/vendor/autoload.php';

/** As much of Symfony's WebTestCase as the page uses. */
final class PageTest
{
    public static function createClient(): object
    {
        $kernel = new Kernel('dev', false);
        $kernel->boot();

        return $kernel->getContainer()->get('test.client');
    }

    public static function assertSame(mixed $expected, mixed $actual): void
    {
        $expected === $actual || throw new LogicException(var_export($actual, true));
    }

    public static function run(string $body): void
    {
        // Symfony 5 sends a stream from within its kernel: the page says what to do about it.
        $body = Kernel::MAJOR_VERSION > 5 ? $body : strtr($body, [
            '$client->request' => 'ob_start(); $client->request',
            '$client->getInternalResponse()->getContent()' => 'ob_get_clean()',
        ]);
        eval($body);
    }
}

PageTest::run((string) file_get_contents($argv[1]));
echo 'passed';
