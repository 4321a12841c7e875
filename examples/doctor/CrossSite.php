<?php

namespace Doctor;

/** Cookies of a stream that a page of another site opens. */
final class CrossSite
{
    public static function finding(): Finding
    {
        $sameSite = Cookie::sameSite();
        $what = match (true) {
            $sameSite !== 'None' => "The session's cookie is SameSite=$sameSite, which browsers do not send with a stream"
                . ' of another site: set session.cookie_samesite = None and session.cookie_secure = 1.',
            !Cookie::isSecure() => "The session's cookie is SameSite=None, which browsers take with Secure only:"
                . ' set session.cookie_secure = 1.',
            default => 'The browser sends no cookies to other sites, or has this one over http, or the client lacks'
                . ' withCredentials: serve the stream from the site of its page, or use a token instead.',
        };

        return new Finding('SameSite', 'browser', $what);
    }
}
