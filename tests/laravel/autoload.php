<?php

/** Stands in for Composer's: the framework of the distribution, and the classes of what is installed. */

declare(strict_types=1);

require_once 'Illuminate/autoload.php';

$installed = json_decode(file_get_contents(__DIR__ . '/composer/installed.json'), true)['packages'];
$folders = ['Tests\\' => __DIR__ . '/../tests/', 'App\\' => __DIR__ . '/../app/'];
foreach ($installed as $package) {
    foreach ($package['autoload']['psr-4'] as $namespace => $folder) {
        $folders[$namespace] = __DIR__ . "/composer/{$package['install-path']}/$folder";
    }
}
spl_autoload_register(static function (string $class) use ($folders): void {
    foreach ($folders as $namespace => $folder) {
        $file = $folder . strtr(substr($class, strlen($namespace)), '\\', '/') . '.php';
        if (str_starts_with($class, $namespace) && is_file($file)) {
            require $file;
        }
    }
});
