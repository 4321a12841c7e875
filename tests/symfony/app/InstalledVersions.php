<?php

/** What Symfony asks Composer, which has installed none of Debian's packages. */

declare(strict_types=1);

namespace Composer;

if (!class_exists(InstalledVersions::class)) {
    final class InstalledVersions
    {
        public static function isInstalled(string $package, bool $includeDevRequirements = true): bool
        {
            return false;
        }

        /** @return array<string, mixed> */
        public static function getRootPackage(): array
        {
            return ['name' => 'app'];
        }
    }
}
