//! A stream is kept alive, and ends when it should.

use server_tests::patience::soon;

use super::{Kind, first};

pub(crate) fn heartbeats_come_while_the_script_waits(kind: &Kind) {
    let served = kind.serve("<?php Sse::start(heartbeat: 0.05)->wait(30);");
    let mut stream = served.open();
    assert_eq!(first(&mut stream), ":\n");
    for _ in 0..3 {
        assert_eq!(stream.body.read_until(b"\n", soon()).unwrap(), b":\n");
    }
}

pub(crate) fn a_stream_that_has_lived_long_enough_ends_cleanly(kind: &Kind) {
    let script = "<?php
        $sse = Sse::start(maxLifetime: 0.1);
        while ($sse->wait(30)) {
            $sse->send('never');
        }
        note($sse->stopReason()->value);";
    let served = kind.serve(script);
    assert_eq!(served.body(), ":\nevent\n");
    served.wait_for_notes(&["max_lifetime"]);
}

pub(crate) fn a_closed_stream_ends_after_its_last_event(kind: &Kind) {
    let script = "<?php
        $sse = Sse::start()->onClose(fn (SseStopReason $reason) => note($reason->value));
        $sse->close(['done' => true], event: 'end');
        note($sse->send('too late') ? 'sent' : 'not sent');";
    let served = kind.serve(script);
    assert_eq!(served.body(), ":\nevent: end\ndata: {\"done\":true}\n\n");
    served.wait_for_notes(&["closed", "not sent"]);
}
