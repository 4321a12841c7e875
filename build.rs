//! Tells the compiler which PHP it builds for (`php82`, `php_zts`, ...): ext-php-rs's macros expand
//! to these cfg flags inside this crate. A PHP that is not known is refused in one line.

fn main() {
    #[cfg(feature = "php")]
    if let Err(refusal) = php::emit() {
        println!("cargo::error={refusal}");
    }
}

#[cfg(feature = "php")]
mod php {
    use std::path::Path;
    use std::process::Command;

    use ext_php_rs_build::{
        ApiVersion, PHPInfo, emit_check_cfg, emit_php_cfg_flags, emit_rerun_if_env_changed,
        find_php,
    };

    pub(super) fn emit() -> Result<(), String> {
        emit_rerun_if_env_changed();
        emit_check_cfg();
        let php = find_php()
            .map_err(|_| "no PHP found: install php-dev, or point PHP at a php binary")?;
        check(&php)?;
        let info = PHPInfo::get(&php).map_err(|error| format!("{}: {error}", php.display()))?;
        let api = info.zend_version().map_err(|_| "`php -i` names no Zend API version")?;
        emit_php_cfg_flags(ApiVersion::try_from(api).map_err(|error| error.to_string())?);
        if info.thread_safety().map_err(|_| "`php -i` does not tell the thread safety")? {
            println!("cargo:rustc-cfg=php_zts");
        }
        Ok(())
    }

    /// Whether this is for that PHP. `make build` and `configure` ask the same, before anything is compiled.
    fn check(php: &Path) -> Result<(), String> {
        for asked in ["scripts/check-php", "composer.json", "build.rs"] {
            println!("cargo:rerun-if-changed={asked}");
        }
        let check = Command::new("scripts/check-php").arg(php).output();
        let check = check.map_err(|error| format!("scripts/check-php: {error}"))?;
        let refusal = String::from_utf8_lossy(&check.stderr).trim().to_owned();
        if check.status.success() { Ok(()) } else { Err(refusal) }
    }
}
