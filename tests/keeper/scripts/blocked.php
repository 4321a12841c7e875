<?php

/** A stream whose script is blocked between two events, in the call and for the time that the query asks for. */

declare(strict_types=1);

parse_str($argv[1] ?? $_SERVER['QUERY_STRING'], $ask);
$seconds = (float) $ask['seconds'];

$in = [
    'sleep' => fn () => usleep((int) ($seconds * 1e6)),
    'cpu' => function () use ($seconds) {
        for ($end = hrtime(true) + $seconds * 1e9; hrtime(true) < $end;) {
            md5('busy');
        }
    },
    'curl' => function () use ($ask) {
        $answer = curl_init($ask['late']);
        curl_setopt($answer, CURLOPT_RETURNTRANSFER, true);
        curl_exec($answer) === 'late' || throw new RuntimeException(curl_error($answer));
    },
    'select' => function () use ($seconds) {
        $silent = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        [$read, $write, $except] = [$silent, null, null];
        $whole = (int) $seconds;
        stream_select($read, $write, $except, $whole, (int) (($seconds - $whole) * 1e6)) === 0
            || throw new RuntimeException('nothing can be read, and no signal comes');
    },
    'database' => function () use ($seconds) {
        $file = tempnam(sys_get_temp_dir(), 'sse-');
        [$owner, $waiting] = [new PDO("sqlite:$file"), new PDO("sqlite:$file")];
        $waiting->exec('PRAGMA busy_timeout = ' . (int) ($seconds * 1e3));
        $owner->exec('BEGIN EXCLUSIVE');
        try {
            $waiting->exec('BEGIN EXCLUSIVE');
        } catch (PDOException $locked) {
            $locked->errorInfo[2] === 'database is locked' || throw $locked;
        } finally {
            unlink($file);
        }
    },
];

$sse = Sse::start(heartbeat: (float) $ask['heartbeat']);
$sse->send('blocked');
$since = hrtime(true);
$in[$ask['in']]();
$sse->send((hrtime(true) - $since) / 1e9, event: 'free');
