//! What is to be done with a block, by its info string.

use server_tests::markdown::Block;

/// Why a block is not run, as its info string names it (`skip=root`), and in words.
const REASONS: [(&str, &str); 8] = [
    ("root", "it changes the machine: scripts/docs-as-written types it, in a clean root"),
    ("network", "it needs a registry, a service or an account elsewhere"),
    ("docker", "it needs Docker"),
    ("library", "it needs a program or a library that Debian does not have"),
    ("sketch", "it shows the shape of something, with names that stand for the reader's own"),
    ("signature", "it is the signature of a method, as the stub has it"),
    ("others", "it shows what others print, write, or have in their libraries"),
    ("unchecked", "its server has no program that checks a configuration"),
];

/// One of [`REASONS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reason(usize);

impl Reason {
    /// In words.
    pub(crate) fn text(self) -> &'static str {
        REASONS[self.0].1
    }

    /// True if the block can be run where nothing is lost by it.
    pub(crate) fn is_harmless(self) -> bool {
        REASONS[self.0].0 == "root"
    }
}

/// What is done with a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// It is a file of the reader's.
    Write(String),
    /// It is typed into a terminal; one that has a name may stay busy.
    Type { terminal: Option<String> },
    /// It is what that terminal shows next, or the stream or program above.
    Expect { terminal: Option<String> },
    /// It is a program, run on the command line; JavaScript with what a page has.
    Run,
    /// It is a script that opens a stream.
    Stream,
    /// It is a configuration, or in a language that something can check.
    Check,
    /// A test of its own runs it.
    Elsewhere(String),
    /// It is not run. PHP and JavaScript are checked all the same.
    Skip(Reason),
    /// It is nothing that could be run.
    Show,
}

/// Languages whose blocks are checked by what reads them.
const CHECKED: [&str; 12] = [
    "nginx",
    "apache",
    "caddyfile",
    "haproxy",
    "lighttpd",
    "vcl",
    "ini",
    "systemd",
    "json",
    "js",
    "xml",
    "html",
];

impl Plan {
    /// The plan for a block, or what is wrong with its info string.
    pub(crate) fn of(block: &Block) -> Result<Self, String> {
        for (name, _) in &block.attributes {
            let known = ["file", "run", "stream", "terminal", "output", "skip", "by", "pool"];
            if !known.contains(&name.as_str()) {
                return Err(format!("the info string says `{name}`, and may say one of {known:?}"));
            }
        }
        if let Some(reason) = block.attribute("skip") {
            return skip(reason);
        }
        if let Some(test) = block.attribute("by") {
            return Ok(Self::Elsewhere(test.to_owned()));
        }
        if let Some(name) = block.attribute("file") {
            return Ok(Self::Write(name.to_owned()));
        }
        let terminal = block.attribute("terminal").map(str::to_owned);
        match block.language.as_str() {
            "sh" => Ok(Self::Type { terminal }),
            "text" if block.attribute("output").is_some() => Ok(Self::Expect { terminal }),
            "text" => Ok(Self::Show),
            "php" | "js" if block.attribute("run").is_some() => Ok(Self::Run),
            "php" if block.attribute("stream").is_some() => Ok(Self::Stream),
            language if CHECKED.contains(&language) => Ok(Self::Check),
            language => Err(format!(
                "what is to become of this `{language}`? Say file=NAME, run or stream (PHP), by=TEST or skip=REASON"
            )),
        }
    }
}

fn skip(reason: &str) -> Result<Plan, String> {
    let names = REASONS.map(|(name, _)| name);
    let found = names.iter().position(|name| *name == reason);
    found
        .map(|index| Plan::Skip(Reason(index)))
        .ok_or_else(|| format!("skip={reason}: the reasons are {names:?}"))
}

#[cfg(test)]
mod tests {
    use server_tests::markdown::blocks;

    use super::*;

    #[track_caller]
    fn plan(info: &str) -> Result<Plan, String> {
        Plan::of(&blocks(&format!("```{info}\n```\n"))[0])
    }

    #[test]
    fn an_info_string_says_what_becomes_of_a_block() {
        let terminal = Some("server".to_owned());
        for (info, expected) in [
            ("php file=a.php", Plan::Write("a.php".to_owned())),
            ("php run", Plan::Run),
            ("js run", Plan::Run),
            ("js", Plan::Check),
            ("php stream", Plan::Stream),
            ("sh", Plan::Type { terminal: None }),
            ("sh terminal=server", Plan::Type { terminal: terminal.clone() }),
            ("text output terminal=server", Plan::Expect { terminal }),
            ("text", Plan::Show),
            ("nginx", Plan::Check),
            ("php by=tests/laravel", Plan::Elsewhere("tests/laravel".to_owned())),
            ("dockerfile skip=docker", Plan::Skip(Reason(2))),
        ] {
            assert_eq!(plan(info), Ok(expected), "{info}");
        }
    }

    #[test]
    fn a_block_that_says_nothing_is_refused() {
        for info in ["", "php", "yaml", "sh lines=3", "php skip=", "php skip=later"] {
            assert!(plan(info).is_err(), "{info}");
        }
    }
}
