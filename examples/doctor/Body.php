<?php

namespace Doctor;

/** Takes the chunks and the compression off a body, as its bytes come in. */
final class Body
{
    private readonly bool $isChunked;

    private ?\InflateContext $inflate = null;

    private string $rest = '';

    /** Bytes of the chunk that have yet to come, its line end included; null: its size has. */
    private ?int $left = null;

    private bool $hasEnded = false;

    public function __construct(array $headers)
    {
        $this->isChunked = strtolower($headers['transfer-encoding'] ?? '') === 'chunked';
        if (($headers['content-encoding'] ?? '') === 'gzip') {
            $this->inflate = inflate_init(ZLIB_ENCODING_GZIP) ?: null;
        }
    }

    /** True at the last chunk; without chunks a body ends with its connection. */
    public function isComplete(): bool
    {
        return $this->hasEnded;
    }

    public function decode(string $bytes): string
    {
        $bytes = $this->isChunked ? $this->unchunk($bytes) : $bytes;
        if ($this->inflate === null || $bytes === '') {
            return $bytes;
        }

        return (string) inflate_add($this->inflate, $bytes, ZLIB_SYNC_FLUSH);
    }

    private function unchunk(string $bytes): string
    {
        $this->rest .= $bytes;
        $body = '';
        while (!$this->hasEnded && $this->rest !== '') {
            if ($this->left === null) {
                if (!str_contains($this->rest, "\r\n")) {
                    break;
                }
                [$size, $this->rest] = explode("\r\n", $this->rest, 2);
                $size = hexdec(strtok($size, ';'));
                $this->hasEnded = $size === 0;
                $this->left = $size + 2;
            }
            $piece = substr($this->rest, 0, $this->left);
            $this->rest = substr($this->rest, strlen($piece));
            // The last two are the line end.
            $body .= substr($piece, 0, max(0, $this->left - 2));
            $this->left = ($this->left - strlen($piece)) ?: null;
        }

        return $body;
    }
}
