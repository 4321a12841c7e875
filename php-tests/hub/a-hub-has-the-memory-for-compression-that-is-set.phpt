--TEST--
A hub that is started has the memory for compression that is set, and its own by default
--FILE--
<?php
require __DIR__ . '/../support/hub.inc';

foreach ([[], ['sse.hub_compression_memory' => '1000000'], ['sse.hub_compression_memory' => '0']] as $settings) {
    Hub::started($settings)->command(<<<'PHP'
        $arguments = explode("\0", file_get_contents('/proc/' . Sse::status()['pid'] . '/cmdline'));
        $at = array_search('--compression-memory', $arguments, true);
        echo in_words($at ? $arguments[$at + 1] : null), ' ', in_words(Sse::status()['compression']['memory']);
        PHP);
}
?>
--EXPECT--
"null 0"
"\"1000000\" 0"
"\"0\" 0"
