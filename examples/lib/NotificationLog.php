<?php

/**
 * Notifications on disk, one per line, only ever appended. It stands where your database would.
 * An entry's id is the offset at which its line ends, so that resuming after an id is one seek.
 */
final class NotificationLog
{
    private const DIRECTORY = __DIR__ . '/../../.cache/demo';
    private const CAPACITY = 1 << 20;

    /** @var resource */
    private $file;

    public function __construct()
    {
        is_dir(self::DIRECTORY) || @mkdir(self::DIRECTORY, 0700, true);
        $this->file = fopen(self::DIRECTORY . '/notifications.jsonl', 'a+');
    }

    /** Whether there was room for it. */
    public function append(string $text): bool
    {
        $entry = json_encode(['text' => $text, 'time' => time()], JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE) . "\n";
        flock($this->file, LOCK_EX);
        $fits = fstat($this->file)['size'] + strlen($entry) <= self::CAPACITY
            && fwrite($this->file, $entry) === strlen($entry);
        flock($this->file, LOCK_UN);

        return $fits;
    }

    /**
     * The entries after an id, as JSON, by id. All of them after one that this log never gave.
     *
     * @return array<int, string>
     */
    public function after(int $id): array
    {
        $entries = [];
        flock($this->file, LOCK_SH);
        if ($id < 1 || fseek($this->file, $id - 1) !== 0 || fgetc($this->file) !== "\n") {
            rewind($this->file);
        }
        while (($line = fgets($this->file)) !== false) {
            $entries[ftell($this->file)] = rtrim($line, "\n");
        }
        flock($this->file, LOCK_UN);

        return $entries;
    }
}
