<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\Command;

/** The extension, which Composer asks for, but which the console's PHP may lack all the same. */
final class Extension
{
    /** What to do where it is not loaded; null where it is. */
    public static function missing(): ?string
    {
        return \extension_loaded('sse') ? null : sprintf(
            'The extension "sse" is not loaded by %s (php.ini: %s). Add "extension=sse" there.',
            \PHP_BINARY,
            php_ini_loaded_file() ?: 'none',
        );
    }
}
