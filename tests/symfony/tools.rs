//! The console, the profiler, and tests of an application.

use server_tests::http::Request;
use server_tests::patience::soon;
use server_tests::server::{Cli, Php};

use crate::app::{App, MERCURE, php, script};

#[test]
fn the_doctor_publishes_and_says_where_clients_subscribe() {
    let app = App::start();
    let (code, printed) = app.console("sse:doctor", php(&app.hub));
    for part in ["publishing", "works: ", MERCURE, "by voters on SSE_SUBSCRIBE", "[OK]"] {
        assert!(printed.contains(part), "{printed}");
    }
    assert_eq!(code, Some(0), "{printed}");
}

#[test]
fn the_doctor_says_what_is_wrong() {
    let app = App::start();
    let none = app.site.path("none.sock").display().to_string();
    let away = php(&app.hub).ini("sse.hub_socket", &none).ini("sse.hub_spawn", "0");
    let (code, printed) = app.console("sse:doctor", away);
    assert_eq!(code, Some(1), "{printed}");
    assert!(printed.contains("fails") && printed.contains("none.sock"), "{printed}");
}

#[test]
fn without_the_extension_every_command_says_so() {
    let app = App::start();
    for command in ["sse:doctor", "sse:status"] {
        let (code, printed) = app.console(command, Php::plain().system_extensions());
        assert_eq!(code, Some(1), "{printed}");
        let printed = printed.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(printed.contains("The extension \"sse\" is not loaded by "), "{printed}");
    }
}

#[test]
fn the_status_is_a_table_or_json() {
    let app = App::start();
    let none = app.site.path("none.sock").display().to_string();
    let (code, printed) = app.console("sse:status", php(&app.hub).ini("sse.hub_socket", &none));
    assert_eq!(code, Some(0));
    assert!(printed.contains("No hub is running."), "{printed}");

    let (_, printed) = app.console("sse:status", php(&app.hub));
    assert!(printed.contains("backlog.events"), "{printed}");
    let (code, printed) = app.console("sse:status --json", php(&app.hub));
    let status: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((code, &status["published"]), (Some(0), &serde_json::json!(1)));
}

#[test]
fn the_profiler_shows_what_was_published_and_which_topics_a_stream_follows() {
    let app = App::start_in("dev");
    let panel = |request: &str| {
        let response = app.ask(&Request::get(request));
        let token = response.header("X-Debug-Token").unwrap().to_owned();
        drop(response);
        let target = format!("/_profiler/{token}?panel=sse");
        server_tests::patience::wait_for("the profile", soon(), || {
            let page = app.server.get(&target).into_text();
            page.contains("Published events</h2>").then_some(page)
        })
    };
    let published =
        panel("/publish?topics=https://example.com/books/1&data=%3Cb%3Enew&type=changed&private=1");
    for part in [
        "mercure-private:topic:https://example.com/books/1",
        "mercure-private:each:https://example.com/books/",
        "changed",
        "&lt;b&gt;new",
        "This server",
    ] {
        assert!(published.contains(part), "{part} is not in {published}");
    }
    let followed = panel(&format!("{MERCURE}?topic=news&topic=weather"));
    for part in [
        "<code>mercure:topic:news</code>",
        "<code>mercure:topic:weather</code>",
        "This request has published nothing.",
    ] {
        assert!(followed.contains(part), "{part} is not in {followed}");
    }
}

#[test]
fn a_test_of_the_application_gets_a_stream_with_the_events_that_its_client_has_missed() {
    let app = App::start_in("dev");
    app.site.write("test.php", script(&app.site, "dev", "test.php"));
    let (mut process, mut output) = Cli::new(app.site.path("test.php"), php(&app.hub)).start();
    let printed = String::from_utf8(output.read_to_end(soon()).unwrap()).unwrap();
    assert_eq!(process.stderr(), "");
    assert_eq!(printed, ":3 :2 :1 end:lift-off\n:1-2\n");
    assert!(process.wait(soon()).success());
}

#[test]
fn a_hub_that_is_not_there_is_no_hub_to_take_the_place_of() {
    let app = App::start();
    app.site.write("unknown.php", script(&app.site, "unknown", "console.php"));
    let (mut process, mut output) =
        Cli::new(app.site.path("unknown.php"), php(&app.hub)).argument("sse:status").start();
    let printed =
        String::from_utf8(output.read_to_end(soon()).unwrap()).unwrap() + &process.stderr();
    let printed = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        printed.contains("sse.mercure.hubs names mercure.hub.nowhere, which is not there."),
        "{printed}"
    );
    assert_eq!(process.wait(soon()).code(), Some(1));
}
