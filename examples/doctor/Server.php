<?php

namespace Doctor;

/** The names of web servers and proxies, and what each of them calls what holds a stream back. */
final class Server
{
    private const NAMES = [
        'nginx' => 'nginx', 'openresty' => 'nginx', 'angie' => 'nginx', 'tengine' => 'nginx', 'freenginx' => 'nginx',
        'apache' => 'Apache', 'caddy' => 'Caddy', 'frankenphp' => 'Caddy', 'lighttpd' => 'lighttpd',
        'haproxy' => 'HAProxy', 'cloudflare' => 'Cloudflare', 'microsoft-iis' => 'IIS', 'varnish' => 'Varnish',
    ];

    /** The one in front of PHP; null if nobody knows. */
    public static function ofPhp(): ?string
    {
        return self::named($_SERVER['SERVER_SOFTWARE'] ?? '');
    }

    /** The proxy that an answer has come through, by its head; null if nobody knows. `$behind`: its head without. */
    public static function ofProxy(Measurement $there, ?Measurement $behind): ?string
    {
        $headers = $there->headers;
        $via = $headers['via'] ?? '';
        $server = $headers['server'] ?? '';
        $known = self::named($behind?->headers['server'] ?? $_SERVER['SERVER_SOFTWARE'] ?? '');
        $name = self::named($server);

        return match (true) {
            isset($headers['cf-ray']) => 'Cloudflare',
            isset($headers['x-varnish']), isset($headers['x-vinyl']), str_contains($via, 'varnish') => 'Varnish',
            str_contains($via, 'caddy') => 'Caddy',
            $name !== $known => $name,
            // Each stream that is measured has it, and nginx' proxy module alone takes it off.
            isset($headers['content-type']) && !isset($headers['x-pad']) => 'nginx',
            default => null,
        };
    }

    private static function named(string $software): ?string
    {
        return self::NAMES[strtolower(strtok($software, '/ ') ?: '')] ?? null;
    }

    /** The web server that holds a stream of the extension's. */
    public static function buffering(?string $server, bool $isLate): Finding
    {
        $isFpm = PHP_SAPI !== 'apache2handler';
        [$culprit, $what] = match (true) {
            $server === 'nginx' => ['nginx buffering',
                'It buffers the stream although X-Accel-Buffering: no is sent: take it off fastcgi_ignore_headers.'],
            $server === 'Apache' && PHP_SAPI === 'cgi-fcgi' => ['mod_fcgid', 'It collects 64 KB.'],
            $server === 'Apache' && $isFpm => ['mod_proxy_fcgi', 'It passes on what it gets when its buffer is full.'],
            $server === 'lighttpd' => ['lighttpd', 'It waits for the end of the response.'],
            $server === 'HAProxy' && $isLate => ['HAProxy delay', 'It has the kernel wait 0.2 s for more.'],
            default => [$server ?? 'web server', 'It holds back what it gets from PHP.'],
        };

        return new Finding($culprit, 'web server', $what, $server);
    }

    /** The web server whose compression holds a stream. */
    public static function compression(?string $server): Finding
    {
        $culprit = match ($server) {
            'nginx' => 'nginx gzip',
            'Apache' => 'mod_deflate',
            'Caddy' => 'Caddy encode',
            default => 'compression',
        };

        return new Finding(
            $culprit, 'web server', 'It compresses the stream, and waits for more to compress.', $server
        );
    }
}
