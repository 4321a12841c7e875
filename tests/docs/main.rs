//! The documentation: every program and command in it is run, every configuration checked by its own server, and
//! every link followed.
//!
//! What becomes of a fenced block is said by its info string: CONTRIBUTING.md has the table. `SSE_TEST_DOCS=docs/hub.md`
//! runs one page. With `SSE_DOCS_AS_WRITTEN=1` a page is typed as a new user would, in a clean root: with the ports,
//! programs and settings that it names, and what changes the machine (`scripts/docs-as-written`).
//!
//! # Layout
//! - [`pages`]: the pages of the documentation
//! - [`plan`]: what is to be done with a block, by its info string
//! - [`page`]: runs a page, block by block
//! - [`scratch`]: the directory, ports and settings of a page
//! - [`terminal`]: the terminals that its commands are typed into
//! - [`output`]: what they print beside what the page shows
//! - [`stream`]: scripts that open a stream, on nginx and PHP-FPM
//! - [`configuration`], [`syntax`]: what servers, and PHP and Node.js, say of what is written for them
//! - [`tutorial`]: the page of the tutorial, in browsers
//! - [`links`]: links, anchors and the index
//! - [`reference`]: what pages repeat of the stub, of the extension and of the unit
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test reports by panicking"
)]

mod configuration;
mod links;
mod output;
mod page;
mod pages;
mod plan;
mod reference;
mod scratch;
mod stream;
mod syntax;
mod terminal;
mod tutorial;

use std::sync::Mutex;
use std::{env, thread};

use pages::Page;
use plan::Plan;

#[test]
fn every_program_and_command_of_the_documentation_runs() {
    let asked = env::var("SSE_TEST_DOCS").unwrap_or_default();
    let pages: Vec<Page> = pages::all().into_iter().filter(|p| p.name.contains(&asked)).collect();
    assert!(!pages.is_empty(), "no page is called {asked}");
    let queue = Mutex::new(pages.iter());
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap().next();
                    let Some(next) = next else { break };
                    let ran = thread::scope(|scope| scope.spawn(|| page::run(next)).join());
                    match ran {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => failed.lock().unwrap().push(error),
                        Err(_) => failed.lock().unwrap().push(format!("{}: see above", next.name)),
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "\n{}\n", failed.join("\n\n"));
}

/// `cargo test ... -- --nocapture` shows the list.
#[test]
fn what_is_not_run_says_why() {
    for page in pages::all() {
        for block in page.blocks() {
            match Plan::of(&block) {
                Ok(Plan::Skip(reason)) => {
                    eprintln!(
                        "not run: {}:{}, {}: {}",
                        page.name,
                        block.line,
                        block.language,
                        reason.text()
                    );
                }
                Ok(Plan::Elsewhere(test)) => page.is_run_by(&test, block.line),
                Ok(_) => {}
                Err(error) => panic!("{}:{}: {error}", page.name, block.line),
            }
        }
    }
}
