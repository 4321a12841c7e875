<?php

namespace Doctor;

/** Keeps a JSON answer that takes a while from being cut: spaces before it, which mean nothing. */
final class Pulse
{
    /** Seconds. */
    public const INTERVAL = 0.4;

    /** When it beat last; 0: it does not. */
    private static float $last = 0;

    /** After the headers. */
    public static function start(): void
    {
        Buffer::closeAll();
        self::$last = microtime(true);
    }

    public static function beat(): void
    {
        if (self::$last > 0 && microtime(true) - self::$last >= self::INTERVAL) {
            self::$last = microtime(true);
            echo ' ';
            flush();
        }
    }
}
