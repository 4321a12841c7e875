<?php

declare(strict_types=1);

return [
    'default' => 'sqlite',
    'connections' => ['sqlite' => [
        'driver' => 'sqlite', 'database' => database_path('database.sqlite'), 'prefix' => '',
        'foreign_key_constraints' => true,
    ]],
    'migrations' => 'migrations',
];
