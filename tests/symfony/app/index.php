<?php

/** The front controller; APP_ENV and APP_VAR_DIR say what the application is and where it writes. */

declare(strict_types=1);

use App\Kernel;
use Symfony\Component\HttpFoundation\Request;

require_once __DIR__ . '/autoload.php';

$kernel = new Kernel(getenv('APP_ENV') ?: 'prod', getenv('APP_ENV') === 'dev');
$request = Request::createFromGlobals();
$response = $kernel->handle($request);
$response->send();
$kernel->terminate($request, $response);
