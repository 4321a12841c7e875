<?php

/** Settings of broadcasting by the driver `sse`. Those of streams themselves are php.ini's. */

declare(strict_types=1);

return [

    // Where the routes are: GET {path}/stream and POST {path}/whisper. null: none, and you write your own.
    'path' => 'broadcasting',

    // What requests to them pass. Whoever has users by token instead of by session: ['api'].
    'middleware' => ['web'],

    // The connection of config/broadcasting.php whose channels they serve; null: the default one.
    'connection' => null,

    // What the hub's topics begin with, so that applications that share a hub stay apart; null: made of the
    // application's key. The same on all machines of the application.
    'prefix' => env('SSE_PREFIX'),

    // Seconds, plus or minus 10 %, after which a stream ends and its client comes back: who may follow a
    // private channel is asked again then. 0: never.
    'lifetime' => 900,

    // Milliseconds after which a client comes back; null: as sse.retry in php.ini says.
    'retry' => null,

    // Origins of other sites whose pages may follow, as for Sse::start(); null: as sse.allow_origin says.
    'allow_origin' => null,

    // How many channels one stream may follow.
    'max_channels' => 100,

    // How many streams one user, or one address without a user, may have at once: one more is told to come
    // back later. null: any number.
    'max_streams' => null,

    // The largest whisper, in bytes of JSON, and how many of them one user may send in a minute; null: any.
    'max_whisper' => 10240,
    'whispers_per_minute' => 600,

];
