<?php

namespace Doctor;

/** PHP's own output buffers, which hold streams that are written without the extension. */
final class Buffer
{
    private const OF_PHP_INI = ['default output handler', 'zlib output compression'];

    /**
     * The buffer that held `$plain`; none if there was none, and nothing but a busy machine.
     *
     * @param Measurement $eased the same after all that may be closed were
     * @return list<Finding>
     */
    public static function findings(Measurement $plain, Measurement $eased): array
    {
        $buffers = (array) ($plain->fact('buffers') ?? []);
        if ($buffers === []) {
            return [];
        }
        $culprit = match (true) {
            $eased->fact('stuck') === true => 'output buffer that cannot be closed',
            in_array('zlib output compression', $buffers, true) => 'zlib.output_compression',
            array_diff($buffers, self::OF_PHP_INI) !== [] => 'output buffer',
            default => 'output_buffering',
        };

        return [new Finding($culprit, 'PHP', 'It holds what is echoed. Sse::start() takes it out of the way.')];
    }

    /** Takes away all that can be; true if none is left. */
    public static function closeAll(): bool
    {
        ini_set('zlib.output_compression', '0');
        while (ob_get_level() > 0 && @ob_end_clean());

        return ob_get_level() === 0;
    }
}
