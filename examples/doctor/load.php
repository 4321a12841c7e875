<?php

/* The classes of doctor.php. Nothing here answers a request of its own. */

spl_autoload_register(function (string $class): void {
    if (str_starts_with($class, 'Doctor\\') && is_file($file = __DIR__ . '/' . substr($class, 7) . '.php')) {
        require $file;
    }
});
