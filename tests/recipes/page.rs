//! The programs of a page of the documentation, on nginx and FPM.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::ops::Deref;
use std::path::Path;

use server_tests::extension::target_directory;
use server_tests::http::Response;
use server_tests::markdown::blocks;
use server_tests::patience::soon;
use server_tests::server::{Fpm, Php, Server};
use server_tests::site::Site;

/// The libraries that programs load by Composer, as Debian has them. PSR-15 has no package.
const AUTOLOAD: &str = r"<?php
    namespace Psr\Http\Server;
    use Psr\Http\Message\{ResponseInterface, ServerRequestInterface};
    interface RequestHandlerInterface
    {
        public function handle(ServerRequestInterface $request): ResponseInterface;
    }
    foreach (['Slim', 'Nyholm/Psr7', 'GuzzleHttp', 'Symfony/Component/HttpClient', 'Revolt/EventLoop'] as $library) {
        if (stream_resolve_include_path($library . '/autoload.php')) {
            require_once $library . '/autoload.php';
        }
    }";

/// Whether the distribution has that file. If not, `make test` says at its end that `what` was not run.
#[track_caller]
pub(crate) fn has(file: &str, what: &str) -> bool {
    if Path::new(file).exists() {
        return true;
    }
    let list = target_directory().join("not-run");
    let mut said = OpenOptions::new().create(true).append(true).open(list).unwrap();
    writeln!(said, "not run: {what}, for the distribution has no {file}").unwrap();
    false
}

/// A page, its programs in a site. Servers that are still to be started take it along.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) site: Site,
    /// The blocks of JavaScript.
    scripts: Vec<String>,
}

impl Page {
    /// Writes each program of `docs/<name>` that says what file it is.
    #[track_caller]
    pub(crate) fn new(name: &str) -> Self {
        let site = Site::new().with_prelude().file("vendor/autoload.php", AUTOLOAD);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
        let mut scripts = Vec::new();
        for block in blocks(&fs::read_to_string(path).unwrap()) {
            if block.language == "js" {
                scripts.push(block.text.clone());
            }
            if let Some(file) = block.attribute("file") {
                site.write(file, &block.text);
            }
        }
        Self { site, scripts }
    }

    /// Writes a page for browsers as `name`: an element `answer`, a question, and that one of the scripts.
    #[track_caller]
    pub(crate) fn html(self, name: &str, number: usize) -> Self {
        let script = self.scripts[number].as_str();
        let html = format!(
            "<!doctype html><p id=answer></p><script>const question = 'any';{script}</script>"
        );
        self.site.write(name, html);
        self
    }

    /// PHP as in production, with the system's extensions.
    pub(crate) fn php(&self) -> Php {
        let prelude = self.site.path("prelude.php").display().to_string();
        let php = Php::with_sse().like_in_production().system_extensions();
        php.ini("auto_prepend_file", &prelude)
    }

    /// Starts nginx and FPM, with what `more` adds.
    #[track_caller]
    pub(crate) fn serve(self, php: Php, more: impl FnOnce(Fpm) -> Fpm) -> Served {
        let server = more(Fpm::new(&self.site, php)).start();
        Served { server, site: self.site }
    }
}

/// A page whose programs are served.
#[derive(Debug)]
pub(crate) struct Served {
    server: Server,
    pub(crate) site: Site,
}

impl Served {
    /// The whole body of a response that ends by itself.
    #[track_caller]
    pub(crate) fn text(&self, target: &str) -> String {
        self.get(target).into_text()
    }
}

impl Deref for Served {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// The next bytes up to an empty line.
#[track_caller]
pub(crate) fn frame(response: &mut Response) -> String {
    let bytes = response.body.read_until(b"\n\n", soon()).unwrap();
    String::from_utf8(bytes).unwrap()
}
