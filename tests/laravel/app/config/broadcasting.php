<?php

/** As Laravel brings it: it knows nothing of the driver sse. */

declare(strict_types=1);

return [
    'default' => env('BROADCAST_CONNECTION', env('BROADCAST_DRIVER', 'null')),
    'connections' => ['log' => ['driver' => 'log'], 'null' => ['driver' => 'null']],
];
