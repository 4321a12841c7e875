//! `doctor()` before a stream begins.

use super::Kind;

pub(crate) fn what_is_expected_of_a_stream_is_so_within_it(kind: &Kind) {
    let script = "<?php
        $told = array_fill_keys(['server', 'path', 'heartbeats', 'advice'], 0);
        $expected = array_intersect_key(Sse::doctor(), $told);
        $sse = Sse::start(heartbeat: 3600);
        $is = array_intersect_key(Sse::doctor(), $told);
        $sse->send($is === $expected ? 'as expected' : [$expected, $is]);
        $sse->send($is['heartbeats']);";
    let expected = ":\ndata: as expected\n\ndata: from a thread, also while PHP is blocked\n\n";
    assert_eq!(kind.serve(script).body(), expected);
}
