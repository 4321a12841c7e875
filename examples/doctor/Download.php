<?php

namespace Doctor;

/** Requests one of the streams, and notes when its events arrive. */
final class Download
{
    private const LONGEST_HEAD = 32768;

    private const LONGEST_EVENT = 262144;

    private Body $body;

    private array $headers = [];

    private array $ticks = [];

    private array $facts = [];

    /** The data of the last event. */
    private array $last = [];

    /** The beginning of an event that has not come whole. */
    private string $rest = '';

    private float $begin;

    /** @param resource $socket */
    private function __construct(private $socket, private readonly float $patience)
    {
        stream_set_blocking($socket, false);
        $this->begin = microtime(true);
    }

    /** @param float $patience seconds without a byte after which it gives up */
    public static function measure(Target $target, string $query, string $encoding, float $patience = 5.0): Measurement
    {
        $error = null;
        $socket = $target->connect($error);
        if ($socket === null) {
            return Measurement::of(['error' => $error]);
        }
        $download = new self($socket, $patience);
        fwrite($socket, $target->request($query, $encoding));

        return $download->run($target->localPort($socket));
    }

    /** The one event of a stream, as `Probe` sends its report; null if it does not come. */
    public static function report(Target $target): ?array
    {
        $error = null;
        $socket = $target->connect($error);
        if ($socket === null) {
            return null;
        }
        $download = new self($socket, 5.0);
        fwrite($socket, $target->request('probe=report', 'identity'));
        $download->run(null);

        return $download->last ?: null;
    }

    private function run(?int $port): Measurement
    {
        $error = null;
        try {
            $this->readHead();
            $this->readBody();
        } catch (\RuntimeException $exception) {
            $error = $exception->getMessage();
        }
        fclose($this->socket);

        return Measurement::of([
            'ticks' => $this->ticks,
            'headers' => $this->headers,
            'facts' => $this->facts,
            'isCut' => isset($this->body) && !$this->body->isComplete(),
            'seconds' => microtime(true) - $this->begin,
            'error' => $error,
            'port' => $port,
        ]);
    }

    private function readHead(): void
    {
        $head = '';
        while (!str_contains($head, "\r\n\r\n")) {
            $piece = $this->read();
            if ($piece === null || strlen($head) > self::LONGEST_HEAD) {
                throw new \RuntimeException('the answer is not HTTP');
            }
            $head .= $piece;
        }
        [$head, $rest] = explode("\r\n\r\n", $head, 2);
        $this->parse(explode("\r\n", $head));
        $this->body = new Body($this->headers);
        $this->note($rest);
    }

    private function parse(array $lines): void
    {
        $status = (int) (explode(' ', array_shift($lines), 3)[1] ?? 0);
        foreach ($lines as $line) {
            [$name, $value] = explode(':', $line, 2) + [1 => ''];
            $this->headers[strtolower($name)] = trim($value);
        }
        if ($status !== 200) {
            throw new \RuntimeException("the answer has the status $status");
        }
        if (!str_starts_with($this->headers['content-type'] ?? '', 'text/event-stream')) {
            throw new \RuntimeException('the answer is no event stream');
        }
    }

    private function readBody(): void
    {
        while (strlen($this->rest) < self::LONGEST_EVENT && !$this->body->isComplete()) {
            $piece = $this->read();
            if ($piece === null) {
                return;
            }
            $this->note($piece);
        }
    }

    private function note(string $bytes): void
    {
        $now = (microtime(true) - $this->begin) * 1000;
        $events = explode("\n\n", $this->rest . $this->body->decode($bytes));
        $this->rest = array_pop($events);
        foreach ($events as $event) {
            preg_match('/^data: (\{.*\})$/m', $event, $data);
            $this->last = json_decode($data[1] ?? '', true) ?? [];
            if (isset($this->last['sent'])) {
                $this->ticks[] = [$this->last['sent'], $now];
                $this->facts += $this->last['facts'] ?? [];
            }
        }
    }

    /** The next bytes; null at the end. */
    private function read(): ?string
    {
        $deadline = microtime(true) + $this->patience;
        do {
            Pulse::beat();
            if (microtime(true) > $deadline) {
                throw new \RuntimeException("nothing came for $this->patience s");
            }
        } while (!$this->isReadable());
        $piece = fread($this->socket, 8192);

        return $piece === false || ($piece === '' && feof($this->socket)) ? null : $piece;
    }

    private function isReadable(): bool
    {
        $readable = [$this->socket];
        $none = [];

        return (bool) stream_select($readable, $none, $none, 0, (int) (Pulse::INTERVAL * 1e6));
    }
}
