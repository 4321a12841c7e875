<?php

declare(strict_types=1);

use Symfony\Component\HttpFoundation\Request;

[$kernel, $controllers] = require __DIR__ . '/app.php';

$request = Request::createFromGlobals();
$request->attributes->set('_controller', $controllers[$request->getPathInfo()]);
$kernel->handle($request)->send();
