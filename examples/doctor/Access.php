<?php

namespace Doctor;

/** Who may ask doctor.php, and for how long it answers. */
final class Access
{
    private const LIFETIME = 86400;

    private const SHORTEST_TOKEN = 16;

    /** Ends the request with a 403 that says why, unless it may go on. */
    public static function check(string $token, string $file): void
    {
        $refusal = self::refusal($token, $file);
        if ($refusal !== null) {
            http_response_code(403);
            header('Content-Type: text/plain;charset=UTF-8');
            header('Cache-Control: no-store');
            exit("$refusal\n");
        }
    }

    private static function refusal(string $token, string $file): ?string
    {
        if ($token === '' && self::isOnMyMachine()) {
            return null;
        }
        if (strlen($token) < self::SHORTEST_TOKEN) {
            return 'doctor.php needs a token of 16 characters or more: set DOCTOR_TOKEN in it.';
        }
        $given = $_GET['token'] ?? null;
        if (!is_string($given) || !hash_equals($token, $given)) {
            return 'doctor.php answers ?token=... with the token that is set in it.';
        }

        return filemtime($file) + self::LIFETIME < time()
            ? 'doctor.php was written more than a day ago. Remove it, or touch it to go on.'
            : null;
    }

    /**
     * php -S, asked from this machine under a name of its own. Not behind a proxy: it would have every client
     * come from here. Not under another name: a page of somebody else's may have one that leads here.
     */
    private static function isOnMyMachine(): bool
    {
        $host = parse_url('http://' . ($_SERVER['HTTP_HOST'] ?? ''), PHP_URL_HOST);

        return PHP_SAPI === 'cli-server'
            && in_array($_SERVER['REMOTE_ADDR'] ?? '', ['127.0.0.1', '::1'], true)
            && in_array($host, ['127.0.0.1', '[::1]', 'localhost'], true)
            && Request::proxyHeaders() === [];
    }
}
