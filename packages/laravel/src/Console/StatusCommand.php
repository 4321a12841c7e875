<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Console;

use Illuminate\Console\Command;
use Illuminate\Support\Arr;
use PhpSse\Laravel\Doctor\Application;
use PhpSse\Laravel\SseService;

/** How the hub is. */
final class StatusCommand extends Command
{
    protected $signature = 'sse:status {--json : As JSON, for programs}';

    protected $description = 'Show how the hub is: streams, topics, events, memory';

    public function handle(SseService $sse): int
    {
        if (Application::missing() !== null) {
            $this->error(Application::missing());

            return self::FAILURE;
        }
        $status = $sse->status();
        if ($this->option('json')) {
            $this->line(json_encode($status, JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR));
        } elseif (! ($status['running'] ?? false)) {
            $this->line('No hub is running. The first stream or event starts one.');
        } else {
            $this->table([], array_map($this->row(...), array_keys(Arr::dot($status)), Arr::dot($status)));
        }

        return self::SUCCESS;
    }

    /** @return array{string, string} */
    private function row(string $name, mixed $value): array
    {
        return [$name, is_string($value) ? $value : json_encode($value)];
    }
}
