<?php

/** Symfony's StreamedResponse, with a callback as its documentation has it. */

declare(strict_types=1);

use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\StreamedResponse;

require __DIR__ . '/scene.php';
$kernel = require __DIR__ . '/../../../examples/symfony/bootstrap.php';

$request = Request::createFromGlobals();
$request->attributes->set('_controller', function (): StreamedResponse {
    $response = new StreamedResponse(function (): void {
        foreach (scene() as $event) {
            echo $event;
            ob_flush();
            flush();
        }
    });
    $response->headers->set('Content-Type', 'text/event-stream');
    $response->headers->set('Cache-Control', 'no-cache');

    return $response;
});
$response = $kernel->handle($request);
$response->send();
$kernel->terminate($request, $response);
