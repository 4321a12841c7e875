//! A server and a hub of its own: scripts that subscribe and publish, and the program that asks the hub.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use server_tests::http::{EventStream, Request, Response};
use server_tests::hub::HubOf;
use server_tests::patience::{soon, wait_for};
use server_tests::server::{Apache, Builtin, Cgi, Fpm, Php, Server};
use server_tests::site::Site;
use server_tests::{binary, extension};

const HTTP_1_0: &str = "
    LoadModule setenvif_module /usr/lib/apache2/modules/mod_setenvif.so
    SetEnvIf Request_URI . downgrade-1.0 force-response-1.0";

const FILTER: &str = "
    LoadModule substitute_module /usr/lib/apache2/modules/mod_substitute.so
    SetOutputFilter SUBSTITUTE
    Substitute s/never/ever/";

/// The servers that a stream can come from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Fpm,
    FpmOverTcp,
    FpmKeepalive,
    Cgi,
    Builtin,
    Apache,
    /// Without chunks.
    ApacheHttp10,
    ApacheTls,
    ApacheDeflate,
    /// With a filter that nobody knows.
    ApacheFilter,
    /// Workers end after three requests.
    FpmRecycling,
}

/// Subscribes to the topic of the query, and notes what the script is told.
pub(crate) const SUBSCRIBE: &str = r#"<?php
    $sse = Sse::start();
    $sse->onClose(fn ($why) => file_put_contents(__DIR__ . '/closed', "$why->name\n", FILE_APPEND));
    $moved = $sse->subscribe($_GET['topic'] ?? 'news', handOff: !isset($_GET['stay']));
    $words = [$moved ? 'moved' : 'served', $sse->stopReason()->name, $sse->send('late') ? 'open' : 'over'];
    file_put_contents(__DIR__ . '/told', implode(' ', $words) . "\n", FILE_APPEND);
    echo "never seen";
    trigger_error('never seen');
    register_shutdown_function(fn () => print 'never seen');"#;

const PUBLISH: &str = "<?php echo Sse::publish($_GET['topic'] ?? 'news', $_GET['data']);";

/// A server, its site, and the hub that its scripts start.
pub(crate) struct Scene {
    // Ends first: its workers would start another hub.
    pub(crate) server: Server,
    hub: HubOf,
    pub(crate) site: Site,
}

/// Puts the extension and the hub where everybody can read them: who builds them may have a home that is
/// closed to the users that servers run as.
fn install(site: &Site) {
    let built = extension::path();
    fs::copy(built.with_file_name("sse-hub"), site.path("sse-hub")).unwrap();
    fs::copy(built, site.path("libsse.so")).unwrap();
}

impl Kind {
    /// Starts a server with so many workers, for a site with these scripts and two more: `subscribe.php`
    /// and `publish.php`.
    #[track_caller]
    pub(crate) fn play(self, workers: usize, php: Php, scripts: &[(&str, &str)]) -> Scene {
        let site = Site::new().file("subscribe.php", SUBSCRIBE).file("publish.php", PUBLISH);
        for (name, script) in scripts {
            site.write(name, script);
        }
        install(&site);
        let hub = HubOf::site(&site);
        let php = php
            .ini("sse.hub_socket", &hub.socket().display().to_string())
            .ini("sse.hub_path", &site.path("sse-hub").display().to_string());
        let server = self.start(site.as_ref(), php, workers);
        Scene { server, hub, site }
    }

    fn start(self, root: &Path, php: Php, workers: usize) -> Server {
        let fpm = |php| Fpm::new(root, php).children(workers);
        let apache = |php| Apache::new(root, php).children(workers);
        match self {
            Self::Fpm => fpm(php).start(),
            Self::FpmOverTcp => fpm(php).over_tcp().start(),
            Self::FpmKeepalive => fpm(php).keepalive().start(),
            Self::Cgi => Cgi::new(root, php).children(workers).start(),
            Self::Builtin => Builtin::new(root, php).start(),
            Self::Apache => apache(php).start(),
            Self::ApacheHttp10 => apache(php).line(HTTP_1_0).start(),
            Self::ApacheTls => apache(php).tls().start(),
            Self::ApacheDeflate => apache(php).deflate().start(),
            Self::ApacheFilter => apache(php).line(FILTER).start(),
            Self::FpmRecycling => fpm(php).pool_line("pm.max_requests = 3").start(),
        }
    }

    /// A server like that with one worker: what else it serves, it serves beside its streams.
    #[track_caller]
    pub(crate) fn play_alone(self) -> Scene {
        self.play(1, Php::with_sse(), &[]).with_hub()
    }
}

impl Scene {
    /// Has the server's own user start the hub, by a script that publishes to nobody.
    #[track_caller]
    pub(crate) fn with_hub(self) -> Self {
        self.site.write("start.php", HubOf::START);
        assert_eq!(self.server.get("/start.php").status(), 200);
        self
    }

    /// A stream, with its first comment read.
    #[track_caller]
    pub(crate) fn subscribe(&self, query: &str) -> EventStream {
        self.open(&Request::get(&format!("/subscribe.php?{query}"))).events()
    }

    #[track_caller]
    pub(crate) fn open(&self, request: &Request) -> Response {
        let response = self.server.send(request);
        assert_eq!(response.status(), 200);
        response
    }

    /// Publishes by a script of the server's.
    #[track_caller]
    pub(crate) fn publish(&self, data: &str) -> String {
        let target = format!("/publish.php?data={}", data.replace(' ', "+"));
        self.server.get(&target).into_text()
    }

    /// Publishes by a script of nobody's server.
    #[track_caller]
    pub(crate) fn publish_from_command_line(&self, data: &str) -> String {
        let script = format!("echo Sse::publish('news', '{data}');");
        let output = self.command_line(&script).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// A script on the command line that knows the hub.
    pub(crate) fn command_line(&self, script: &str) -> Command {
        let mut command = Command::new(binary::php());
        command
            .arg("-n")
            .arg("-d")
            .arg(format!("extension={}", self.site.path("libsse.so").display()));
        command.arg("-d").arg(format!("sse.hub_socket={}", self.hub.socket().display()));
        command.args(["-r", script]);
        command
    }

    /// The hub's own program.
    pub(crate) fn hub(&self, command: &str) -> Command {
        self.hub.program(command)
    }

    fn ask_hub(&self, command: &str, option: &str) -> Output {
        self.hub(command).arg(option).output().unwrap()
    }

    /// The hub's report; null while there is none.
    pub(crate) fn status(&self) -> Value {
        serde_json::from_slice(&self.ask_hub("status", "--json").stdout).unwrap_or_default()
    }

    /// Waits until a number of the hub's report is as expected.
    #[track_caller]
    pub(crate) fn wait_for(&self, field: &str, expected: u64) {
        let what = format!("{field} to be {expected}");
        wait_for(&what, soon(), || (self.status()[field] == expected).then_some(()));
    }

    /// The lines that scripts have noted.
    #[track_caller]
    pub(crate) fn wait_until_told(&self, expected: &str) {
        self.site.wait_for_contents("told", expected, soon());
    }

    pub(crate) fn hub_pid(&self) -> Option<i32> {
        self.status()["pid"].as_i64()?.try_into().ok()
    }
}
