<?php

namespace Doctor;

/** A cookie with the attributes of the session's: whether it comes back, the session's does as well. */
final class Cookie
{
    public const NAME = 'sse_doctor';

    public static function send(): void
    {
        $session = session_get_cookie_params();
        setcookie(self::NAME, '1', array_intersect_key($session, ['secure' => 1, 'samesite' => 1]) + ['path' => '/']);
    }

    /** The attribute as browsers take it. */
    public static function sameSite(): string
    {
        return ucfirst(strtolower(session_get_cookie_params()['samesite'])) ?: 'Lax';
    }

    public static function isSecure(): bool
    {
        return session_get_cookie_params()['secure'];
    }
}
