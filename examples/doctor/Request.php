<?php

namespace Doctor;

/** What the request says of the way that it came. Nothing of it is trusted, and little of it repeated. */
final class Request
{
    /** Fields that proxies add, as `$_SERVER` names them. */
    private const PROXY_HEADERS = [
        'HTTP_VIA' => 'Via',
        'HTTP_FORWARDED' => 'Forwarded',
        'HTTP_X_FORWARDED_FOR' => 'X-Forwarded-For',
        'HTTP_X_VARNISH' => 'X-Varnish',
        'HTTP_X_VINYL' => 'X-Vinyl',
        'HTTP_CF_RAY' => 'CF-Ray',
    ];

    /** @return list<string> their names; Caddy adds X-Forwarded-For itself */
    public static function proxyHeaders(): array
    {
        $own = str_starts_with($_SERVER['SERVER_SOFTWARE'] ?? '', 'Caddy') ? ['HTTP_X_FORWARDED_FOR' => 1] : [];

        return array_values(array_diff_key(array_intersect_key(self::PROXY_HEADERS, $_SERVER), $own));
    }

    /** The facts that go with a stream: who measured it compares them with its own. */
    public static function facts(): array
    {
        $protocol = $_SERVER['SERVER_PROTOCOL'] ?? '';

        return [
            'oldProtocol' => $protocol === 'HTTP/1.0',
            'port' => (int) ($_SERVER['REMOTE_PORT'] ?? 0),
            'proxyHeaders' => self::proxyHeaders(),
            'crossSite' => ($_SERVER['HTTP_SEC_FETCH_SITE'] ?? '') === 'cross-site',
            'cookie' => isset($_COOKIE[Cookie::NAME]),
            'heartbeat' => (float) ini_get('sse.heartbeat'),
        ];
    }

    /** The origin of a page of another site, which has shown the token; null for pages of this one. */
    public static function origin(): ?string
    {
        $origin = $_SERVER['HTTP_ORIGIN'] ?? '';

        return preg_match('~^https?://[a-z0-9.:\[\]-]+$~Di', $origin) ? $origin : null;
    }

    /** @return list<string> the output buffers that are open, from the outermost, by name */
    public static function buffers(): array
    {
        return array_column(ob_get_status(true), 'name');
    }
}
