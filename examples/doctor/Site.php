<?php

namespace Doctor;

/** What doctor.php answers to whom. */
final class Site
{
    private const LONGEST_POST = 16384;

    public static function answer(): void
    {
        if (!extension_loaded('sse')) {
            $why = 'The extension sse is not loaded in this PHP: extension=sse in its php.ini.';
            self::json(fn () => ['verdict' => $why]);

            return;
        }
        $text = fn (string $name) => is_string($_GET[$name] ?? null) ? $_GET[$name] : '';
        match (true) {
            isset($_GET['probe']) => Probe::run($text('probe'), $text('relief'), (float) $text('silence')),
            $_SERVER['REQUEST_METHOD'] === 'POST' => self::judge(),
            isset($_GET['json']) => self::json(fn () => Diagnosis::make(null, null)),
            default => self::page(),
        };
    }

    /** Judges what a client has measured. */
    private static function judge(): void
    {
        set_time_limit(180);
        $post = json_decode((string) file_get_contents('php://input', length: self::LONGEST_POST), true);
        $measured = is_array($post) ? $post : [];
        self::json(fn () => Diagnosis::make(
            Measurement::of($measured['client'] ?? null), Measurement::of($measured['silence'] ?? null)
        ));
    }

    /** @param \Closure(): array $answer which may take a while */
    private static function json(\Closure $answer): void
    {
        header('Content-Type: application/json');
        header('Cache-Control: no-store, no-transform');
        // The pulse has to reach proxies.
        header('X-Accel-Buffering: no');
        if ($origin = Request::origin()) {
            // Whoever asks has shown the token.
            header("Access-Control-Allow-Origin: $origin");
            header('Access-Control-Allow-Credentials: true');
            header('Vary: Origin');
        }
        $flags = JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE;
        Pulse::start();
        echo json_encode($answer(), $flags), "\n";
    }

    private static function page(): void
    {
        $nonce = base64_encode(random_bytes(12));
        header('Content-Type: text/html;charset=UTF-8');
        header('Cache-Control: no-store');
        header('Referrer-Policy: no-referrer');
        header('X-Robots-Tag: noindex');
        // It may measure the doctor.php of another site.
        header("Content-Security-Policy: default-src 'none'; style-src 'nonce-$nonce'; script-src 'nonce-$nonce'; connect-src *");
        require __DIR__ . '/page.php';
    }
}
