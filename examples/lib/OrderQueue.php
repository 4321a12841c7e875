<?php

/** Orders that wait for a worker, one file each. It stands where your queue would. */
final class OrderQueue
{
    private const DIRECTORY = __DIR__ . '/../../.cache/demo/orders';
    private const CAPACITY = 100;

    public function __construct()
    {
        is_dir(self::DIRECTORY) || @mkdir(self::DIRECTORY, 0700, true);
    }

    /** Adds an order, and returns its number; null if too many wait. */
    public function add(string $customer): ?int
    {
        if (count($this->waiting()) >= self::CAPACITY) {
            return null;
        }
        $number = random_int(1000, 9999);
        $order = json_encode(['number' => $number, 'customer' => $customer], JSON_THROW_ON_ERROR);
        // Whole at once: a worker may look at any time.
        $name = sprintf('%s/%.6F-%d', self::DIRECTORY, microtime(true), $number);
        file_put_contents("$name.new", $order);

        return rename("$name.new", "$name.json") ? $number : null;
    }

    /**
     * The oldest order, which is this worker's from now on.
     *
     * @return array{number: int, customer: string}|null
     */
    public function take(): ?array
    {
        foreach ($this->waiting() as $file) {
            // Another worker may be faster.
            if (@rename($file, "$file.taken")) {
                $order = json_decode(file_get_contents("$file.taken"), true, flags: JSON_THROW_ON_ERROR);
                unlink("$file.taken");

                return $order;
            }
        }

        return null;
    }

    /** @return list<string> */
    private function waiting(): array
    {
        return glob(self::DIRECTORY . '/*.json') ?: [];
    }
}
