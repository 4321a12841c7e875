<?php

/** The data of events in a storm. */

declare(strict_types=1);

mt_srand(20);

/** Random text, full of what could be taken for something else. */
function text(int $size): string
{
    static $traps = [
        "\n", "\n\n", "\r\n", "\r", ':', "\n:\n", 'data: ', "\ndata", "event: x\n", "\nid: 1", "retry: 1\n",
        "\0", "\x01\x06\0\x01\0\x08\0\0", "\t", ' ', 'é', '€', "\u{1f600}", "\u{feff}", '0', '',
    ];
    for ($text = ''; strlen($text) < $size;) {
        $text .= $traps[mt_rand(0, count($traps) - 1)] . substr(base64_encode(random_bytes(30)), 0, mt_rand(0, 40));
    }

    return $text;
}

/** As a client's parser gives it back: every line end is a line feed. */
function as_received(string $text): string
{
    return strtr($text, ["\r\n" => "\n", "\r" => "\n"]);
}
