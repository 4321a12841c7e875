<?php

/** bin/console. */

declare(strict_types=1);

use App\Kernel;
use Symfony\Bundle\FrameworkBundle\Console\Application;

require_once __DIR__ . '/autoload.php';

(new Application(new Kernel(getenv('APP_ENV') ?: 'prod', getenv('APP_ENV') === 'dev')))->run();
