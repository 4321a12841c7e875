<?php

declare(strict_types=1);

return [
    'driver' => 'file', 'files' => storage_path('framework/sessions'), 'lifetime' => 120, 'lottery' => [0, 100],
    'expire_on_close' => false, 'encrypt' => false, 'serialization' => 'php', 'cookie' => 'laravel_session',
    'path' => '/', 'domain' => null, 'secure' => false, 'http_only' => true, 'same_site' => 'lax',
    'partitioned' => false,
];
