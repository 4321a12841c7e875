<?php

/** Takes in a stream as Laravel's feature tests do, and prints what it got: `php capture.php <path>`. */

declare(strict_types=1);

use Illuminate\Contracts\Http\Kernel;
use Illuminate\Http\Request;
use Illuminate\Testing\TestResponse;

$app = require __DIR__ . '/app.php';
$response = $app->make(Kernel::class)->handle(Request::create($argv[1]));

ob_start();
$captured = TestResponse::fromBaseResponse($response)->streamedContent();
$levels = ob_get_level();
$leaked = ob_get_clean();

echo json_encode(compact('captured', 'leaked', 'levels'));
