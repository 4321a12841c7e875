<?php

namespace Doctor;

/** A doctor.php, as it is requested: at an address, or under its name from the web server beside PHP. */
final class Target
{
    private function __construct(
        private readonly string $address,
        private readonly string $host,
        private readonly string $path,
        private readonly string $token,
        private readonly bool $isOurs,
    ) {
    }

    /** Of a URL; null if it is none of doctor.php's. */
    public static function of(string $url): ?self
    {
        $parts = parse_url($url);
        if (!in_array($parts['scheme'] ?? '', ['http', 'https'], true) || !isset($parts['host'])) {
            return null;
        }
        parse_str($parts['query'] ?? '', $query);
        $isSecure = $parts['scheme'] === 'https';
        $port = $parts['port'] ?? ($isSecure ? 443 : 80);
        $token = is_string($query['token'] ?? null) ? $query['token'] : '';
        $host = $parts['host'] . (isset($parts['port']) ? ":$port" : '');

        return new self(
            ($isSecure ? 'ssl' : 'tcp') . "://{$parts['host']}:$port", $host, $parts['path'] ?? '/', $token, false
        );
    }

    /**
     * The web server that has sent us this request, at the address that it has got from nobody else; null where
     * it does not say. A client names the host alone, which the web server is asked for.
     */
    public static function webServer(): ?self
    {
        $host = $_SERVER['HTTP_HOST'] ?? '';
        $port = (int) ($_SERVER['SERVER_PORT'] ?? 0);
        if ($port === 0 || !preg_match('/^[a-z0-9._:\[\]-]{1,255}$/Di', $host)) {
            return null;
        }
        $address = $_SERVER['SERVER_ADDR'] ?? '127.0.0.1';
        $address = str_contains($address, ':') ? '[' . trim($address, '[]') . ']' : $address;
        // A proxy that ends TLS may have this set as well: the port says which it is.
        $isSecure = !in_array($_SERVER['HTTPS'] ?? 'off', ['', 'off'], true) && $port !== 80;
        $path = strtok($_SERVER['REQUEST_URI'] ?? '/', '?');
        $token = is_string($_GET['token'] ?? null) ? $_GET['token'] : '';

        return new self(($isSecure ? 'ssl' : 'tcp') . "://$address:$port", $host, $path, $token, true);
    }

    /** @return resource|null */
    public function connect(?string &$error)
    {
        // Our own server's certificate is for its name, and not for the address.
        $ours = ['verify_peer' => false, 'verify_peer_name' => false, 'peer_name' => strtok($this->host, ':')];
        $context = stream_context_create(['ssl' => $this->isOurs ? $ours : []]);
        $socket = @stream_socket_client($this->address, $code, $why, 5, STREAM_CLIENT_CONNECT, $context);
        if ($socket === false) {
            $error = "there is no connection to it: $why";

            return null;
        }

        return $socket;
    }

    /** @param resource $socket */
    public function localPort($socket): ?int
    {
        preg_match('/:(\d+)$/D', (string) stream_socket_get_name($socket, false), $port);

        return isset($port[1]) ? (int) $port[1] : null;
    }

    public function request(string $query, string $encoding): string
    {
        return $this->head('GET', $query) . "Accept-Encoding: $encoding\r\n\r\n";
    }

    public function post(string $query, string $body): string
    {
        return $this->head('POST', $query) . 'Content-Length: ' . strlen($body) . "\r\n\r\n$body";
    }

    private function head(string $method, string $query): string
    {
        $token = $this->token === '' ? '' : '&token=' . rawurlencode($this->token);

        return "$method $this->path?$query$token HTTP/1.1\r\nHost: $this->host\r\nConnection: close\r\n"
            . "Accept: text/event-stream, application/json\r\n";
    }
}
