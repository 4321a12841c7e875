<?php

namespace Doctor;

/** `php doctor.php URL`: measures from here, asks the server to judge, and prints what it says. */
final class CommandLine
{
    private const USAGE = "usage: php doctor.php URL [--silence=SECONDS]\n"
        . "URL is that of doctor.php on the server, with its token.\n";

    /** @return int the exit status: 0 if all is well, 1 if not, 2 if it could not be found out */
    public static function run(array $arguments): int
    {
        $target = Target::of($arguments[1] ?? '');
        if ($target === null || count($arguments) > 3) {
            fwrite(STDERR, self::USAGE);

            return 2;
        }
        $client = Download::measure($target, 'probe=sse', 'gzip');
        $client = $client->isHeld() ? Download::measure($target, 'probe=sse', 'gzip') : $client;
        $measured = ['client' => $client->posted()];
        if (preg_match('/^--silence=([\d.]+)$/D', $arguments[2] ?? '', $seconds)) {
            $silence = Download::measure($target, "probe=silence&silence=$seconds[1]", 'identity', $seconds[1] + 5);
            $measured['silence'] = $silence->posted();
        }
        [$status, $answer] = self::post($target, json_encode($measured));
        fwrite($status === 200 ? STDOUT : STDERR, ltrim($answer));

        return $status === 200 ? (int) (json_decode($answer, true)['culprits'] !== []) : 2;
    }

    /** @return array{int, string} status and body */
    private static function post(Target $target, string $body): array
    {
        $error = null;
        $socket = $target->connect($error);
        if ($socket === null) {
            return [0, "$error\n"];
        }
        stream_set_timeout($socket, 180);
        fwrite($socket, $target->post('judge', $body));
        [$head, $answer] = explode("\r\n\r\n", (string) stream_get_contents($socket), 2) + [1 => ''];
        preg_match_all('/^([\w-]+): *(.*?)\r?$/m', $head, $lines);
        $headers = array_combine(array_map('strtolower', $lines[1]), $lines[2]);

        return [(int) substr($head, 9, 3), (new Body($headers))->decode($answer)];
    }
}
