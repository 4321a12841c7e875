<?php

/** What Composer's autoloader is in an application: Debian's packages, the bundle, and the classes beside this file. */

declare(strict_types=1);

require_once 'Symfony/Bundle/FrameworkBundle/autoload.php';
require_once 'Symfony/Bundle/SecurityBundle/autoload.php';
require_once 'Symfony/Bundle/TwigBundle/autoload.php';
require_once 'Symfony/Bundle/WebProfilerBundle/autoload.php';
require_once 'Symfony/Component/BrowserKit/autoload.php';
require_once 'Symfony/Component/Console/autoload.php';
require_once 'Symfony/Component/Mercure/autoload.php';
require_once 'Symfony/Component/Messenger/autoload.php';
require_once 'Symfony/Component/Stopwatch/autoload.php';
require_once 'Symfony/Component/Yaml/autoload.php';
require_once __DIR__ . '/InstalledVersions.php';
// Only newer distributions have it.
@include_once 'Symfony/Bundle/MercureBundle/autoload.php';
@include_once 'Lcobucci/JWT/autoload.php';

spl_autoload_register(static function (string $class): void {
    $folders = [
        'PhpSse\\SseBundle\\' => __DIR__ . '/../../../packages/symfony/src/',
        'App\\' => getenv('APP_SRC') ?: __DIR__ . '/',
    ];
    foreach ($folders as $prefix => $folder) {
        $file = $folder . strtr(substr($class, strlen($prefix)), '\\', '/') . '.php';
        if (str_starts_with($class, $prefix) && is_file($file)) {
            require $file;
        }
    }
});
