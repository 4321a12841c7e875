<?php

declare(strict_types=1);

return [
    'default' => 'file', 'prefix' => 'sse',
    'stores' => ['file' => ['driver' => 'file', 'path' => storage_path('framework/cache/data')]],
];
