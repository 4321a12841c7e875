<?php

/** Takes in a stream as Symfony's HttpKernelBrowser does, and prints what it got: `php capture.php <path>`. */

declare(strict_types=1);

use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpKernel\HttpKernelInterface;

[$kernel] = require __DIR__ . '/app.php';
// Symfony 5 sends the streamed response to a main request itself; later versions leave that to the caller.
$response = $kernel->handle(Request::create($argv[1]), HttpKernelInterface::SUB_REQUEST);

ob_start();
ob_start();
$response->sendContent();
$captured = ob_get_clean();
$levels = ob_get_level();
$leaked = ob_get_clean();

echo json_encode(compact('captured', 'leaked', 'levels'));
