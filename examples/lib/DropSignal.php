<?php

/** The demo's way to lose a connection: streams that were open before raise() break off. */
final class DropSignal
{
    private const FILE = __DIR__ . '/../../.cache/demo/drop';

    private string $atStart;

    public function __construct()
    {
        $this->atStart = self::last();
    }

    public static function raise(): void
    {
        is_dir(dirname(self::FILE)) || @mkdir(dirname(self::FILE), 0700, true);
        file_put_contents(self::FILE, hrtime(true));
    }

    public function isRaised(): bool
    {
        return self::last() !== $this->atStart;
    }

    private static function last(): string
    {
        return (string) @file_get_contents(self::FILE);
    }
}
