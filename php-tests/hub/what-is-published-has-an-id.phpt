--TEST--
publish() answers with the event's id, each greater than all before
--FILE--
<?php
require __DIR__ . '/../support/hub.inc';

Hub::started()->command(<<<'PHP'
    $before = Sse::status()['published'];
    $ids = [Sse::publish('a', 'x'), Sse::publish(['a', 'b', 'a'], ['json' => 1]), Sse::publish('b', new SseEvent('y', 'named'), null)];
    $numbers = array_map(fn ($id) => array_map(intval(...), explode('-', $id)), $ids);
    $sorted = $numbers;
    sort($sorted);
    $status = Sse::status();
    echo in_words([
        preg_grep('/^\d{13}-\d+$/D', $ids) === $ids,
        $sorted === $numbers,
        array_unique($ids) === $ids,
        $status['running'],
        $status['lastEventId'] === $ids[2],
        $status['published'] - $before,
        $status['streams'],
    ]);
    PHP);
?>
--EXPECT--
"[true,true,true,true,true,3,0]"
