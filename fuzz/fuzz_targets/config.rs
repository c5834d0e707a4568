//! The configuration: whatever is in the file, it is read or refused with its place.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use specter_tui::app::keymap::Keymap;
use specter_tui::config::Config;

static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    std::env::temp_dir().join(format!("specter-tui-fuzz-{}.toml", std::process::id()))
});

fuzz_target!(|text: &str| {
    std::fs::write(&*FILE, text).unwrap();
    match Config::read(&FILE, true) {
        Ok(config) => {
            let lines = text.matches('\n').count() + 1;
            assert!(config.choices.values().all(|choice| (1..=lines).contains(&choice.place.line)));
            if let Err(error) = Keymap::new(&config.choices) {
                assert!(error.to_string().contains(&*FILE.to_string_lossy()), "{error}");
            }
        }
        Err(error) => assert!(error.to_string().contains(&*FILE.to_string_lossy()), "{error}"),
    }
});
