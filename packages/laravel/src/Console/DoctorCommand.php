<?php

declare(strict_types=1);

namespace PhpSse\Laravel\Console;

use Illuminate\Console\Command;
use PhpSse\Laravel\Doctor\Application;
use PhpSse\Laravel\Doctor\Finding;
use PhpSse\Laravel\Doctor\WebServer;

/** What stands between the application and the browser, and what to change. */
final class DoctorCommand extends Command
{
    protected $signature = 'sse:doctor
        {--url= : Where the web server has the application; APP_URL, if not given}
        {--no-web : Leave the web server out}';

    protected $description = 'Try out what streams and broadcasting need, and say what to change';

    public function handle(Application $application, WebServer $server): int
    {
        $findings = $application->findings();
        if (! $this->option('no-web') && Application::missing() === null) {
            $url = $this->option('url') ?? (string) config('app.url');
            $findings = [...$findings, ...$server->findings(rtrim($url, '/'))];
        }
        foreach ($findings as $finding) {
            $this->line($this->formatted($finding));
        }
        $wrong = count(array_filter($findings, fn (Finding $finding) => ! $finding->isGood));
        $this->line($wrong === 0 ? 'All is well.' : "To change: $wrong, marked with !");

        return $wrong === 0 ? self::SUCCESS : self::FAILURE;
    }

    private function formatted(Finding $finding): string
    {
        return sprintf(' %s %-14s %s', $finding->isGood ? ' ' : '!', $finding->name, $finding->words);
    }
}
