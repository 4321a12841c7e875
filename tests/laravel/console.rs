//! The application's commands, and its own tests.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use server_tests::binary;
use server_tests::patience::soon;
use server_tests::server::Cli;

use crate::scene::{App, next};

/// Those of tests/laravel/app/tests, which use what the package gives to tests.
#[test]
fn an_application_tests_its_streams_with_phpunit() {
    let app = App::start();
    let (printed, is_success) = app.phpunit();
    // Of handlers that Laravel 10 leaves behind, PHPUnit 11 says that they are a risk.
    let all_ran = ["OK (7 tests, ", "Tests: 7, "].iter().any(|words| printed.contains(words));
    assert!(is_success && all_ran, "{printed}");
}

#[test]
fn the_state_of_the_hub_is_shown() {
    let app = App::start();
    let table = app.artisan(&["sse:status"]);
    assert!(table.contains("| streams ") && table.contains("| backlog.events "), "{table}");
    let status: Value = serde_json::from_str(&app.artisan(&["sse:status", "--json"])).unwrap();
    assert_eq!(status["running"], true);
}

#[test]
fn the_doctor_says_how_all_is() {
    let app = App::start();
    let url = app.server.url("");
    let report = app.artisan(&["sse:doctor", "--url", &url]);
    for line in [
        "   broadcasting   goes by sse; routes/channels.php has rules for 2 private channels\n",
        "   routes         GET /broadcasting/stream, through web\n",
        &format!("   web server     {url}: events arrive as they are sent\n"),
        "   server         fpm-fcgi",
        "All is well.\n",
    ] {
        assert!(report.contains(line), "{line}\n{report}");
    }
    // It is for those who have the application's key.
    assert_eq!(app.get("/broadcasting/doctor").status(), 403);
}

#[test]
fn the_doctor_names_what_is_wrong() {
    let app = App::start();
    app.site.write("tests/laravel/app/routes/channels.php", "<?php\n");
    let (report, is_success) = app.try_artisan(&["sse:doctor", "--url", "http://127.0.0.1:1"]);
    assert!(!is_success, "{report}");
    for line in [
        " ! broadcasting   goes by sse, but there is no rule for a private channel",
        " ! web server     http://127.0.0.1:1 does not answer (Connection refused): name it by --url",
        "To change: 2, marked with !\n",
    ] {
        assert!(report.contains(line), "{line}\n{report}");
    }

    let (mut php, mut output) =
        Cli::new(app.path("artisan"), App::without_extension()).argument("sse:doctor").start();
    let report = String::from_utf8(output.read_to_end(soon()).unwrap()).unwrap();
    assert!(!php.wait(soon()).success());
    let php = binary::php().canonicalize().unwrap();
    let missing = format!(
        " ! extension      The extension sse is not loaded in this PHP ({}, ",
        php.display()
    );
    assert!(report.contains(&missing), "{report}");
}

#[test]
fn the_version_is_that_of_the_extension() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packages/laravel/composer.json");
    let package: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(package["license"], json!(["MIT", "Apache-2.0"]));
}

/// As a deployment leaves it.
#[test]
fn an_application_whose_configuration_and_routes_are_cached_is_as_any_other() {
    let app = App::start();
    app.artisan(&["config:cache"]);
    app.artisan(&["route:cache"]);
    let mut events = app.user(1).follow(&["private-orders.1"]);
    app.text("/ship/1");
    assert_eq!(next(&mut events)["channel"], "private-orders.1");
}

/// Twice it is as once.
#[test]
fn an_installation_changes_what_there_is_to_change_once() {
    let app = App::start();
    let files =
        [".env", "config/sse.php", "config/app.php", "bootstrap/app.php", "routes/channels.php"];
    let read = || files.map(|file| app.site.read(&format!("tests/laravel/app/{file}")));
    let write = |file: &str, text: &str| app.site.write(&format!("tests/laravel/app/{file}"), text);
    fs::remove_file(app.path("routes/channels.php")).unwrap();
    let provider = app.site.read("tests/laravel/app/app/Providers/AppServiceProvider.php");
    write(
        "app/Providers/AppServiceProvider.php",
        &provider.replace("require base_path('routes/ch", "//"),
    );
    let env = app.site.read("tests/laravel/app/.env").replace("CTION=sse", "CTION = log");
    write(".env", &env);
    // As a fresh application of Laravel 11 and later has it.
    let bootstrap = app.site.read("tests/laravel/app/bootstrap/app.php");
    let comment = "/*\n        commands: __DIR__.'/../routes/console.php',\n*/\n";
    write("bootstrap/app.php", &bootstrap.replacen("declare", &format!("{comment}declare"), 1));

    let printed = app.artisan(&["sse:install"]);
    let once = read();
    assert!(
        once[0].ends_with("\nBROADCAST_CONNECTION=sse\n") && !once[0].contains("log"),
        "{once:?}"
    );
    assert!(once[1].contains("'lifetime' => 900,"), "{once:?}");
    let channels = "console.php',\n        channels: __DIR__.'/../routes/channels.php',\n";
    assert!(once[3].contains(channels), "{once:?}");
    assert!(once[4].contains("Broadcast::channel('App.Models.User.{id}'"), "{once:?}");
    assert!(
        printed.contains("window.Echo = new Echo({ broadcaster: SseConnector });"),
        "{printed}"
    );

    app.artisan(&["sse:install"]);
    assert_eq!(read(), once);
}

#[test]
fn an_installation_has_channels_loaded_as_laravel_8_to_10_has_it() {
    let app = App::start();
    let provider = "        App\\Providers\\BroadcastServiceProvider::class,\n";
    let config = app.site.read("tests/laravel/app/config/app.php");
    let with = |line: &str| config.replacen("declare", &format!("/*\n{line}*/\ndeclare"), 1);
    let before = with(&provider.replace("App", "// App"));
    app.site.write("tests/laravel/app/config/app.php", before);
    app.artisan(&["sse:install"]);
    assert_eq!(app.site.read("tests/laravel/app/config/app.php"), with(provider));
}
