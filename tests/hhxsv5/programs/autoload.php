<?php

/** Loads the classes of the package from where its composer.json says that they are. */

spl_autoload_register(function (string $class): void {
    $package = __DIR__ . '/packages/hhxsv5';
    $composer = json_decode(file_get_contents("$package/composer.json"), true, flags: JSON_THROW_ON_ERROR);
    foreach ($composer['autoload']['psr-4'] as $namespace => $directory) {
        if (str_starts_with($class, $namespace)) {
            require "$package/$directory/" . strtr(substr($class, strlen($namespace)), '\\', '/') . '.php';
        }
    }
});
