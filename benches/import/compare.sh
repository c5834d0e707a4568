#!/bin/sh
# Imports a .bib file with specter-tui and with other programs, in alternating rounds:
#     benches/import/compare.sh BIB [ROUNDS]
# The other programs are installed into target/import-peers at the first run. SPECTER_TUI names the
# program to measure, else it is built.
set -eu

bib=$(realpath "${1:?usage: benches/import/compare.sh BIB [ROUNDS]}")
cd "$(dirname "$0")/../.."
peers=${CARGO_TARGET_DIR:-target}/import-peers
sh scripts/import-peers.sh "$peers"
[ -n "${SPECTER_TUI:-}" ] || cargo build --release --quiet
program=${SPECTER_TUI:-${CARGO_TARGET_DIR:-target}/release/specter-tui}
exec python3 benches/import/compare.py "$program" "$peers" "$bib" "${2:-5}"
