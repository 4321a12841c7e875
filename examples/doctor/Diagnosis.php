<?php

namespace Doctor;

use Sse;

/**
 * Who holds a stream: what arrived at the client is compared with what arrives right at the web server, which is
 * asked from here, as often as it takes to tell its layers apart.
 */
final class Diagnosis
{
    private readonly ?Target $webServer;

    /** @var array<string, Measurement> */
    private array $measured = [];

    /** @var list<Finding> */
    private array $culprits = [];

    /** @var list<Finding> of streams without the extension */
    private array $others = [];

    /** @var list<string> what could not be found out */
    private array $unknown = [];

    /** True if a proxy has shown itself. */
    private bool $isBehindProxy = false;

    private function __construct(private readonly ?Measurement $client, private readonly ?Measurement $silence)
    {
        $this->webServer = Target::webServer();
    }

    /** @param Measurement|null $client how the stream arrived there */
    public static function make(?Measurement $client, ?Measurement $silence): array
    {
        $self = new self($client, $silence);
        $near = $self->askWebServer();
        if ($near !== null) {
            $self->judgeNear($near);
        }
        if ($client !== null) {
            $self->judgeClient($client, $near);
        }
        if ($silence !== null && $self->culprits === []) {
            $self->judgeSilence($silence);
        }

        return $self->result();
    }

    /** The stream as it arrives at the web server; null where that cannot be had. */
    private function askWebServer(): ?Measurement
    {
        if (PHP_SAPI === 'cli-server' && (int) getenv('PHP_CLI_SERVER_WORKERS') < 2) {
            $this->unknown[] = 'php -S serves one request at a time: with PHP_CLI_SERVER_WORKERS=4 it can ask itself';

            return null;
        }
        $near = $this->webServer ? $this->near('sse', 'gzip') : null;
        if ($near === null || $near->state() === 'failed') {
            $this->unknown[] = 'the web server could not be asked from here: ' . ($near?->error ?? 'it has no port')
                . '; is there a second worker for it?';

            return null;
        }
        if ($near->isDirect() === false) {
            $this->isBehindProxy = true;
            $this->unknown[] = 'the web server could not be asked from here: at the port that it names, a proxy answers';

            return null;
        }

        return $near;
    }

    private function near(string $probe, string $encoding, string $relief = ''): Measurement
    {
        $query = "probe=$probe" . ($relief === '' ? '' : "&relief=$relief");
        $name = implode(' ', array_filter([$probe, $encoding, $relief]));
        $measure = fn () => Download::measure($this->webServer, $query, $encoding);
        $measured = $measure();

        // A machine that was busy for a moment accuses nobody. A client that has seen the same ends the doubt; of
        // streams without the extension, what eases them has to agree.
        $isDoubtful = $probe === 'sse' && $measured->isHeld() && !$this->client?->isHeld();

        return $this->measured[$name] = $isDoubtful ? $measure() : $measured;
    }

    /** Judges the web server and PHP. */
    private function judgeNear(Measurement $near): void
    {
        $server = Server::ofPhp();
        if ($near->isHeld()) {
            $this->culprits[] = $near->isEncoded() && !$this->near('sse', 'identity')->isHeld()
                ? Server::compression($server)
                : Server::buffering($server, $near->state() === 'late');
        } else {
            $this->judgePlain($server);
        }
    }

    /** What holds a stream that is written without the extension: the first relief that helps says it. */
    private function judgePlain(?string $server): void
    {
        $plain = $this->near('plain', 'gzip');
        if (!$plain->isHeld()) {
            return;
        }
        $eased = $this->near('plain', 'gzip', 'buffers');
        if (!$eased->isHeld() || $eased->fact('stuck')) {
            array_push($this->others, ...Buffer::findings($plain, $eased));
        } elseif ($eased->isEncoded() && !$this->near('plain', 'identity', 'buffers')->isHeld()) {
            $this->others[] = Server::compression($server);
        } elseif (!$this->near('plain', 'gzip', 'buffers,headers')->isHeld()) {
            $this->others[] = new Finding("$server buffering", 'web server', 'It buffers, unless it is told not to.', $server);
        }
    }

    /** Judges what lies between the web server and the client. `$near`: how the stream arrives at the former. */
    private function judgeClient(Measurement $client, ?Measurement $near): void
    {
        if ($client->fact('crossSite') === true && $client->fact('cookie') === false) {
            $this->culprits[] = CrossSite::finding();
        }
        if ($client->state() === 'failed') {
            $this->unknown[] = 'the stream did not arrive at the client: ' . ($client->error ?? 'no event came');
        }
        if (!$client->isHeld() || $near?->isHeld()) {
            return;
        }
        $isProxy = $near !== null || $this->isBehindProxy || $client->fact('proxyHeaders');
        $this->culprits[] = $isProxy && $client->isDirect() !== true
            ? Proxy::finding($client, $near)
            : Server::buffering(Server::ofPhp(), $client->state() === 'late');
    }

    /** Judges who ends a stream that is silent. */
    private function judgeSilence(Measurement $silence): void
    {
        $heartbeat = (float) ini_get('sse.heartbeat');
        $after = round($silence->seconds, 1);
        if (count($silence->ticks) !== 1 || ($heartbeat > 0 && $heartbeat < $silence->seconds)) {
            return;
        }
        $near = $this->webServer
            ? Download::measure($this->webServer, 'probe=silence&silence=' . ceil($after + 1), 'identity', $after + 2)
            : null;
        $isNear = $near === null || count($near->ticks) < 2;
        $server = $isNear ? Server::ofPhp() : Server::ofProxy($silence, $near);
        $this->culprits[] = new Finding(
            trim("$server timeout"), $isNear ? 'web server' : 'proxy',
            "It ends a stream that is silent for $after s, and sse.heartbeat is $heartbeat s"
            . ($heartbeat > 0 ? '' : ', which is never') . ': set it lower, or the time longer.',
            $server
        );
    }

    private function result(): array
    {
        $doctor = ($this->webServer ? Download::report($this->webServer) : null) ?? Sse::doctor();
        $arrived = $this->client ?? $this->measured['sse gzip'] ?? null;

        return [
            'verdict' => $this->verdict($arrived),
            'culprits' => self::withLines($this->culprits, $doctor),
            'withoutExtension' => self::withLines($this->others, $doctor),
            'unknown' => $this->unknown,
            'measured' => ['client' => $this->client?->toArray(), 'silence' => $this->silence?->toArray()]
                + array_map(fn (Measurement $one) => $one->toArray(), $this->measured),
            'doctor' => Report::withoutPaths($doctor),
        ];
    }

    /** @param list<Finding> $findings */
    private static function withLines(array $findings, array $doctor): array
    {
        return array_map(fn (Finding $finding) => $finding->with($doctor['configuration'] ?? []), $findings);
    }

    private function verdict(?Measurement $arrived): string
    {
        $names = array_map(fn (Finding $finding) => $finding->name(), $this->culprits);

        return match (true) {
            $names !== [] => 'To be changed: ' . implode(', ', $names),
            $this->silence !== null => self::silent($this->silence),
            $arrived?->state() === 'prompt' => 'Events arrive as they are sent.',
            default => 'It could not be measured.',
        };
    }

    private static function silent(Measurement $silence): string
    {
        $seconds = round($silence->seconds, 1);

        return match (count($silence->ticks)) {
            0 => 'It could not be measured.',
            1 => "A stream that is silent is cut after $seconds s; heartbeats are more often, and keep it open.",
            default => "A stream may be silent for $seconds s.",
        };
    }
}
