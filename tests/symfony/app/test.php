<?php

/** What a WebTestCase does: a client that takes a stream in, and its events as objects. */

declare(strict_types=1);

use App\Kernel;

require_once __DIR__ . '/autoload.php';

$kernel = new Kernel((string) getenv('APP_ENV'), true);
$kernel->boot();
$client = $kernel->getContainer()->get('test.client');
$client->disableReboot();

$events = function (string $path, array $server = []) use ($client): array {
    // Symfony 5 sends a stream from within its kernel, where the client cannot take it in.
    ob_start();
    $client->request('GET', $path, [], [], $server);
    $stream = ob_get_clean() ?: $client->getInternalResponse()->getContent();

    return array_map(fn (SseEvent $event) => "$event->event:$event->data", (new SseParser())->feed($stream));
};
echo implode(' ', $events('/countdown')), "\n";
echo implode(' ', $events('/since', ['HTTP_LAST_EVENT_ID' => '1-2'])), "\n";
