//! Responses of PSR-7.

use crate::page::{Page, Served, frame, has};

fn serve(slim: bool) -> Served {
    let page = Page::new("recipes/psr-7.md");
    // Slim 3 is older than this PHP, which says so for each of its files.
    let all_but_deprecated = (32767 & !8192).to_string();
    let php = page.php().ini("error_reporting", &all_but_deprecated);
    page.serve(php, |fpm| fpm.front_controller(if slim { "slim.php" } else { "index.php" }))
}

#[test]
fn a_handler_answers_with_a_stream_or_as_ever() {
    let site = serve(false);
    assert_eq!(site.get("/news").status(), 403);

    let response = site.get("/news?user=Ada");
    assert_eq!(response.header("Content-Type"), Some("text/event-stream;charset=UTF-8"));
    assert_eq!(response.header("Cache-Control"), Some("no-store, no-transform"));
    assert_eq!(response.header("X-Request-Id"), Some("none"));
    assert_eq!(
        response.into_text(),
        ":\ndata: Good morning, Ada\n\nid: 1\nevent: news\ndata: {\"headline\":\"It works\"}\n\n"
    );
}

#[test]
fn a_stream_of_slims_goes_out_as_it_comes_and_ends_with_its_client() {
    if !has("/usr/share/php/Slim/App.php", "the stream in Slim") {
        return;
    }
    let site = serve(true);
    let mut response = site.get("/ticker");
    assert_eq!(response.header("Content-Type"), Some("text/event-stream;charset=UTF-8"));
    for _ in 0..2 {
        let frame = frame(&mut response);
        let time = frame.trim_start_matches(":\n");
        assert!(time.starts_with("data: {\"time\":\"") && time.ends_with("\"}\n\n"), "{frame}");
    }
    drop(response);
    // Another page of the application: neither it nor the stream has complained about the other's head.
    assert_eq!(site.get("/nothing-here").status(), 404);
    assert!(!site.log().contains("PHP message"), "{}", site.log());
}

#[test]
fn guzzles_body_that_runs_a_function_runs_a_stream() {
    assert_eq!(serve(false).text("/guzzle.php"), ":\ndata: one\n\ndata: two\n\n");
}
