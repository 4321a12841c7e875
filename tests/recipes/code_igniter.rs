//! A stream that a controller of `CodeIgniter` 3 sends itself.

use std::fs;

use crate::page::{Page, frame, has};

/// Where Debian has it, with an application to begin with.
const FRAMEWORK: &str = "/usr/share/php-codeigniter-framework";

/// What is in its `index.php`, but for questions of how an application is laid out.
const INDEX: &str = r"<?php
    define('ENVIRONMENT', 'production');
    define('BASEPATH', '/usr/share/php-codeigniter-framework/system/');
    define('SYSDIR', 'system');
    define('SELF', 'index.php');
    define('FCPATH', __DIR__ . '/');
    define('APPPATH', __DIR__ . '/application/');
    define('VIEWPATH', APPPATH . 'views/');
    error_reporting(E_ALL & ~E_DEPRECATED);
    require BASEPATH . 'core/CodeIgniter.php';
    note('CodeIgniter has ended');
";

#[test]
fn a_controller_of_code_igniter_3_sends_a_stream_itself() {
    if !has(FRAMEWORK, "the stream in CodeIgniter 3") {
        return;
    }
    let page = Page::new("recipes/codeigniter.md");
    page.site.write("index.php", INDEX);
    for folder in ["config", "views/errors/html"] {
        for file in fs::read_dir(format!("{FRAMEWORK}/application/{folder}")).unwrap() {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            if file.path().is_file() {
                let contents = fs::read(file.path()).unwrap();
                page.site.write(&format!("application/{folder}/{name}"), contents);
            }
        }
    }
    let php = page.php();
    let site = page.serve(php, |fpm| fpm.front_controller("index.php"));

    let mut response = site.get("/ticker");
    assert_eq!(response.header("Content-Type"), Some("text/event-stream;charset=UTF-8"));
    for _ in 0..2 {
        let tick = frame(&mut response);
        let event = tick.trim_start_matches(":\n");
        assert!(event.starts_with("event: tick\ndata: {\"time\":\""), "{tick}");
    }
    drop(response);
    site.site.wait_for_notes(&["CodeIgniter has ended"]);
    assert!(!site.log().contains("headers"), "{}", site.log());
    assert_eq!(site.get("/nothing-here").status(), 404);
}
