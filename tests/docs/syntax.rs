//! What PHP and Node.js say of the syntax of a program, and what else can be read without being run.

use std::borrow::Cow;
use std::process::Command;

use server_tests::binary;
use server_tests::markdown::Block;

use crate::scratch::Scratch;

/// A whole script: the page may leave `<?php` out.
pub(crate) fn whole(text: &str) -> Cow<'_, str> {
    if text.starts_with("<?php") { text.into() } else { format!("<?php\n{text}").into() }
}

/// Checks a program in a language that has something to check it.
pub(crate) fn check(block: &Block, scratch: &Scratch, text: &str) -> Result<(), String> {
    match block.language.as_str() {
        // It may be the members of a class, or their signatures.
        "php" => php(scratch, &whole(text)).or_else(|error| {
            let within = |kind| format!("<?php {kind} Fragment {{\n{text}\n}}");
            php(scratch, &within("class"))
                .or_else(|_| php(scratch, &within("interface")))
                .map_err(|_| error)
        }),
        "js" => {
            let file = scratch.write("syntax.mjs", text);
            succeeds(Command::new(binary::node()).arg("--check").arg(file))
        }
        "json" => {
            serde_json::from_str::<serde_json::Value>(text).map(drop).map_err(|e| e.to_string())
        }
        "xml" => {
            let file = scratch.write("syntax.xml", text);
            let script = "$read = simplexml_load_file($argv[1]); exit($read === false ? 1 : 0);";
            succeeds(Command::new(binary::php()).args(["-r", script]).arg(file))
        }
        _ => Ok(()),
    }
}

fn php(scratch: &Scratch, script: &str) -> Result<(), String> {
    let file = scratch.write("syntax.php", script);
    succeeds(
        Command::new(binary::php()).args(["-n", "-d", "display_errors=stderr", "-l"]).arg(file),
    )
}

/// Runs a command to its end, which has to be a good one.
pub(crate) fn succeeds(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let printed = [output.stdout, output.stderr].concat();
    Err(String::from_utf8_lossy(&printed).into_owned())
}
