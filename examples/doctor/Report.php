<?php

namespace Doctor;

/** The report of Sse::doctor(), as it may be shown. */
final class Report
{
    /** Folders are nobody's business: of a path, the last part stays. */
    public static function withoutPaths(array $report): array
    {
        foreach (['hub', 'handOff'] as $key) {
            $report[$key] = preg_replace('~(?<![\w.])/(?:[^\s/:;]+/)+~', '…/', $report[$key] ?? '');
        }

        return $report;
    }
}
