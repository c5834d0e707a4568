//! Arguments → command → exit code.

fn main() -> std::process::ExitCode {
    specter_tui::cli::main()
}
