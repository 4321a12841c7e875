<?php

declare(strict_types=1);

use Symfony\Component\HttpFoundation\Request;

[$kernel, $controllers] = require __DIR__ . '/app.php';

$request = Request::createFromGlobals();
if ($controller = $controllers[$request->getPathInfo()] ?? null) {
    $request->attributes->set('_controller', $controller);
}
$kernel->handle($request)->send();
