//! Tells which server PHP runs in, by the name of its SAPI.

use ext_php_rs::zend::php_sapi_name;

/// The server PHP runs in, by the name its SAPI goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    /// A script on the command line, or in a process that embeds PHP: there is no response, and the
    /// output belongs to whoever captures it (tests, Octane, phpdbg).
    CommandLine,
    /// `php -S`.
    BuiltIn,
    /// PHP-FPM.
    Fpm,
    /// php-cgi, alone or with `-b`.
    Cgi,
    /// Apache with `mod_php`.
    Apache,
    /// `FrankenPHP`, with one script for each request, or one for many.
    FrankenPhp,
    /// Any other web server.
    Other,
}

impl Server {
    /// Returns the server of this process.
    pub(crate) fn current() -> Self {
        match php_sapi_name().unwrap_or_default().as_str() {
            "cli" | "phpdbg" | "embed" => Self::CommandLine,
            "cli-server" => Self::BuiltIn,
            "fpm-fcgi" => Self::Fpm,
            "cgi-fcgi" => Self::Cgi,
            "apache2handler" => Self::Apache,
            "frankenphp" => Self::FrankenPhp,
            _ => Self::Other,
        }
    }

    /// True if a script can go on when its response has ended, without anybody's waiting for it. httpd sends the next
    /// response of a connection only when the script has ended.
    pub(crate) fn can_end_early(self) -> bool {
        matches!(self, Self::Fpm | Self::Cgi | Self::BuiltIn)
    }

    /// True if there is a response that the stream may take over: headers, buffers, time limit.
    pub(crate) fn has_response(self) -> bool {
        self != Self::CommandLine
    }
}
