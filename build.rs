//! Tells the compiler which PHP it builds for (`php82`, `php_zts`, ...): ext-php-rs's macros expand
//! to these cfg flags inside this crate.

fn main() {
    #[cfg(feature = "php")]
    php::emit();
}

#[cfg(feature = "php")]
mod php {
    use ext_php_rs_build::{
        ApiVersion, PHPInfo, emit_check_cfg, emit_php_cfg_flags, emit_rerun_if_env_changed,
        find_php,
    };

    #[expect(clippy::expect_used, reason = "a build script reports by panicking")]
    pub(super) fn emit() {
        emit_rerun_if_env_changed();
        emit_check_cfg();
        let php = find_php().expect("no PHP found: install php-dev, or point PHP at a php binary");
        let info = PHPInfo::get(&php).expect("`php -i` failed");
        let api = info.zend_version().expect("`php -i` names no Zend API version");
        emit_php_cfg_flags(ApiVersion::try_from(api).expect("this PHP is not supported"));
        if info.thread_safety().expect("`php -i` does not tell the thread safety") {
            println!("cargo:rustc-cfg=php_zts");
        }
    }
}
