<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Console;

/** A file of settings, `.env`, of which one line is changed. */
final class EnvFile
{
    public function __construct(private string $path)
    {
    }

    public function exists(): bool
    {
        return is_file($this->path);
    }

    /** Sets it where it stands, or at the end. False: it was so already. */
    public function set(string $name, string $value): bool
    {
        $before = (string) file_get_contents($this->path);
        $line = "$name=$value";
        $after = preg_replace("/^[ \\t]*{$name}[ \\t]*=.*$/m", $line, $before, -1, $count);
        if ($count === 0) {
            $after = ($before === '' || str_ends_with($before, "\n") ? $before : "$before\n") . "$line\n";
        }
        if ($after === $before) {
            return false;
        }
        file_put_contents($this->path, $after);

        return true;
    }
}
