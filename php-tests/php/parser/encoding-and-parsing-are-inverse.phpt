--TEST--
What encode() writes, a parser gives back
--FILE--
<?php
foreach (['', 'x', ' x', "a\nb", "\n", "\n\n", ':', "\0", 'é', '{"a":1}', str_repeat("line\n", 1000)] as $data) {
    foreach ([null, 'tick', ' t', 'a:b'] as $type) {
        foreach ([null, '', '1', ' a'] as $id) {
            $event = new SseEvent($data, $type, $id, 5);
            $parsed = (new SseParser())->feed($event);
            if (count($parsed) !== 1 || $parsed[0] != $event) {
                var_dump($event, $parsed);
            }
        }
    }
}
echo "done\n";
?>
--EXPECT--
done
