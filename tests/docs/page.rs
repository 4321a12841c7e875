//! Runs a page, block by block.

use std::collections::HashMap;
use std::fs;

use server_tests::binary;
use server_tests::markdown::Block;

use crate::configuration::check;
use crate::pages::{Page, root};
use crate::plan::Plan;
use crate::scratch::{Scratch, as_written};
use crate::stream::{Open, Served};
use crate::syntax;
use crate::terminal::Terminal;

/// Where a page is.
#[derive(Debug)]
struct Run {
    // Terminals end before the hub that their commands have started.
    main: Terminal,
    others: HashMap<String, Terminal>,
    /// The stream that the last `stream` has opened.
    open: Option<Open>,
    served: Option<Served>,
    scratch: Scratch,
}

/// Runs a page; the error names the line.
pub(crate) fn run(page: &Page) -> Result<(), String> {
    let scratch = Scratch::new(&page.text);
    let main = scratch.terminal("main", scratch.site.as_ref());
    let mut run = Run { main, others: HashMap::new(), open: None, served: None, scratch };
    for block in page.blocks() {
        let done = Plan::of(&block).and_then(|plan| run.block(&block, &plan));
        done.map_err(|error| format!("{}:{}: {error}", page.name, block.line))?;
    }
    run.served.as_ref().map_or(Ok(()), Served::complains)
}

impl Run {
    fn block(&mut self, block: &Block, plan: &Plan) -> Result<(), String> {
        let text = self.scratch.with_ports(&block.text);
        match plan {
            Plan::Write(name) => self.write(name, block, &text),
            Plan::Type { terminal: None } => self.main.run(&text),
            Plan::Type { terminal: Some(name) } => {
                self.terminal(name).begin(&text);
                Ok(())
            }
            Plan::Expect { terminal: Some(name) } => self.terminal(name).will_print(&text),
            Plan::Expect { terminal: None } => match &mut self.open {
                Some(stream) => stream.will_bring(&text),
                None => self.main.has_printed(&text),
            },
            Plan::Run if block.language == "js" => self.run_in_node(block, &text),
            Plan::Run => self.run(block, &text),
            Plan::Stream => self.stream(block, &text),
            Plan::Check => check(block, &self.scratch, &text),
            Plan::Skip(reason)
                if as_written() && block.language == "sh" && reason.is_harmless() =>
            {
                self.main.run(&text)
            }
            Plan::Skip(_) => syntax::check(block, &self.scratch, &text),
            Plan::Elsewhere(_) | Plan::Show => Ok(()),
        }
    }

    fn terminal(&mut self, name: &str) -> &mut Terminal {
        let directory = self.main.directory();
        let open = || self.scratch.terminal(name, &directory);
        self.others.entry(name.to_owned()).or_insert_with(open)
    }

    fn write(&self, name: &str, block: &Block, text: &str) -> Result<(), String> {
        let path = self.main.directory().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        syntax::check(block, &self.scratch, text)
    }

    fn run(&mut self, block: &Block, text: &str) -> Result<(), String> {
        self.open = None;
        let script = self.scratch.write(&format!("line-{}.php", block.line), &syntax::whole(text));
        let prelude = self.scratch.site.path("prelude.php");
        let prelude = if prelude.exists() { prelude.display().to_string() } else { String::new() };
        let options = "-d error_reporting=-1 -d display_errors=stderr -d html_errors=0";
        let script = script.display();
        self.main.run(&format!("php {options} -d auto_prepend_file={prelude} {script}\n"))?;
        self.main.has_no_complaints()
    }

    /// With what a page has, and the `prelude.js` of the documentation's page if there is one.
    fn run_in_node(&mut self, block: &Block, text: &str) -> Result<(), String> {
        self.open = None;
        let script = self.scratch.write(&format!("line-{}.mjs", block.line), text);
        let page = root().join("tests/docs/browser.mjs");
        let preludes = [page, self.scratch.site.path("prelude.js")];
        let mut command = binary::node().display().to_string();
        for prelude in preludes.iter().filter(|prelude| prelude.exists()) {
            command.extend([" --import ", &prelude.display().to_string()]);
        }
        self.main.run(&format!("{command} {}\n", script.display()))
    }

    fn stream(&mut self, block: &Block, text: &str) -> Result<(), String> {
        let script = format!("line-{}.php", block.line);
        self.scratch.site.write(&script, syntax::whole(text).as_bytes());
        let served = self.served.get_or_insert_with(|| Served::start(&self.scratch));
        self.open = Some(served.open(&format!("/{script}"))?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn outcome(text: &str) -> Result<(), String> {
        run(&Page { name: "a.md".to_owned(), text: text.to_owned() })
    }

    #[test]
    fn a_page_that_is_right_passes() {
        let page = "```sh\nmkdir site && cd site\n```\n```php file=tick.php\n<?php\n$sse = Sse::start();\n\
            while ($sse->wait(0.1)) $sse->send('tick');\n```\n\
            ```sh terminal=server\nphp -q -S 127.0.0.1:8080\n```\n\
            ```sh terminal=reader\ncurl -sN --retry 9 --retry-connrefused http://127.0.0.1:8080/tick.php\n```\n\
            ```text output terminal=reader\n:\ndata: tick\n\ndata: tick\n```\n\
            ```sh terminal=reader\necho again\n```\n```text output terminal=reader\nagain\n```\n\
            ```php run\necho Sse::encode('a');\n```\n```text output\ndata: a\n```\n\
            ```php stream\nSse::start()->close('b');\n```\n```text output\n:\ndata: b\n```\n";
        assert_eq!(outcome(page), Ok(()));
    }

    #[test]
    fn what_is_wrong_on_a_page_is_found() {
        for wrong in [
            "```sh\nfalse\ntrue\n```\n",
            "```php file=a.php\n<?php if\n```\n",
            "```php run\nprices();\n```\n",
            "```php run\necho $undefined;\n```\n",
            "```php stream\necho 'no stream';\n```\n",
            "```php skip=sketch\nif\n```\n",
            "```js\nif\n```\n",
            "```js run\nprices();\n```\n",
            "```js run\nsource.onmessage = () => prices();\n```\n",
            "```nginx\nfastcgi_reed_timeout 60s;\n```\n",
            "```ini\nsse.hart_beat = 1\n```\n",
            "```ini\nsse.heartbeat = often\n```\n",
            "```systemd\n[Service]\nTyp=notify\n```\n",
        ] {
            assert!(outcome(wrong).is_err(), "{wrong}");
        }
        let wrong = "A line.\n\n```sh\necho a\n```\n```text output\nb\n```\n";
        assert!(outcome(wrong).unwrap_err().starts_with("a.md:6: the page shows"));
    }
}
