<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Doctor;

use ErrorException;
use Illuminate\Routing\UrlGenerator;
use SseParser;

/** Looks at the web server, by a stream from it. */
final class WebServer
{
    private const PATIENCE = 10;

    private const PAUSE = 20_000;

    public function __construct(private UrlGenerator $urls)
    {
    }

    /** @return list<Finding> */
    public function findings(string $base): array
    {
        if (config('sse.path') === null) {
            return [Finding::good('web server', 'was not asked: config/sse.php has no path')];
        }
        // The web server may know itself by another name: the signature is of the path alone.
        $path = $this->urls->temporarySignedRoute('sse.doctor', now()->addMinute(), [], false);
        $context = stream_context_create(['http' => [
            'timeout' => self::PATIENCE, 'ignore_errors' => true, 'header' => "Accept: text/event-stream\r\n",
        ]]);
        try {
            $stream = fopen($base . $path, 'r', false, $context);
        } catch (ErrorException $error) {
            $reason = preg_replace('/^.*failed to open stream: /i', '', $error->getMessage());

            return [Finding::wrong('web server', "$base does not answer ($reason): name it by --url, or set APP_URL")];
        }
        $status = stream_get_meta_data($stream)['wrapper_data'][0];

        return str_contains($status, ' 200 ')
            ? $this->read($stream, $base)
            : [Finding::wrong('web server', "$base answered \"$status\", no stream: is it this application's?")];
    }

    /**
     * @param resource $stream
     * @return list<Finding>
     */
    private function read($stream, string $base): array
    {
        $parser = new SseParser();
        $report = null;
        $times = [];
        // A response in chunks cannot be waited for: PHP would wait until it has all that was asked for.
        stream_set_blocking($stream, false);
        $deadline = microtime(true) + self::PATIENCE;
        while (! feof($stream) && microtime(true) < $deadline) {
            usleep(self::PAUSE);
            foreach ($parser->feed((string) fread($stream, 8192)) as $event) {
                $times[] = microtime(true);
                $report ??= $event->event === 'doctor' ? json_decode($event->data, true) : null;
            }
        }
        if ($report === null) {
            return [Finding::wrong('web server', "$base sent no stream of this application's")];
        }
        $took = end($times) - reset($times);
        $words = sprintf('%s: events arrive as they are sent', $base);
        $held = sprintf('%s holds a stream back: what takes %.1f s came in %.1f s', $base, DoctorController::LENGTH, $took);
        $arrival = $took > DoctorController::LENGTH / 2
            ? Finding::good('web server', $words)
            : Finding::wrong('web server', $held);

        return [$arrival, ...$this->reported($report)];
    }

    /** @return list<Finding> */
    private function reported(array $report): array
    {
        $good = fn (string $name, string $key) => Finding::good($name, (string) ($report[$key] ?? 'unknown'));
        $findings = [
            $good('server', 'server'), $good('path', 'path'), $good('heartbeats', 'heartbeats'),
            $good('hub of it', 'hub'), $good('hand-off', 'handOff'),
        ];
        // It is for everybody with such a server, and tells nothing of this one.
        $advice = array_map(fn (string $words) => Finding::good('advice', $words), $report['advice'] ?? []);

        return [...$findings, ...$advice];
    }
}
