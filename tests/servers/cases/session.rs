//! The session: an open stream lets go of its lock.

use server_tests::http::Request;

use super::{Kind, php};

pub(crate) fn an_open_stream_does_not_hold_up_its_visitor(kind: &Kind) {
    let script = "<?php
        session_start();
        $visit = ++$_SESSION['visits'];
        $sse = Sse::start();
        gate();
        $sse->send(\"visit $visit, {$_SESSION['visits']} by now\");";
    let page = "<?php
        session_start();
        $_SESSION['visits'] ??= 0;
        echo ++$_SESSION['visits'];";
    let served = kind.serve_with(php(), 2, script);
    served.site.write("page.php", page);

    let first = served.get("/page.php");
    let cookie = first.header("Set-Cookie").unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(first.into_text(), "1");
    let mut stream = served.send(&Request::get("/stream.php").header("Cookie", &cookie));
    assert_eq!(super::first(&mut stream), ":\n");
    // The stream is held at its gate: a page that waited for it would never come.
    let page = served.send(&Request::get("/page.php").header("Cookie", &cookie));
    assert_eq!(page.into_text(), "3");
    served.gate.release();
    assert_eq!(stream.into_text(), "data: visit 2, 2 by now\n\n");
}
