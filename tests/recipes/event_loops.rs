//! Streams of scripts that have an event loop of their own.

use crate::page::{Page, frame, has};

#[test]
fn revolt_sends_from_timers_and_fibers_and_ends_with_its_reader() {
    if !has("/usr/share/php/Revolt/EventLoop.php", "the stream in Revolt's event loop") {
        return;
    }
    let page = Page::new("recipes/event-loops.md");
    let php = page.php();
    let program = page.site.read("revolt.php");
    page.site.write("revolt.php", program + "\nnote('the loop has ended');\n");
    let site = page.serve(php, |fpm| fpm);
    let mut response = site.get("/revolt.php");
    assert_eq!(frame(&mut response), ":\ndata: from a fiber\n\n");
    for _ in 0..2 {
        let tick = frame(&mut response);
        assert!(tick.starts_with("event: tick\ndata: {\"time\":\""), "{tick}");
    }
    drop(response);
    site.site.wait_for_notes(&["the loop has ended"]);
}
