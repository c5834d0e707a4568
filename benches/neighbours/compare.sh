#!/bin/sh
# Times neighbours beside scikit-learn, faiss and usearch:
# benches/neighbours/compare.sh LIBRARY.bib [PAPERS [DIMENSIONS [VENV]]]. See benches/README.md.
set -eu

bib=$(realpath "${1:?usage: benches/neighbours/compare.sh LIBRARY.bib [PAPERS [DIMENSIONS [VENV]]]}")
papers=${2:-16851}
dimensions=${3:-384}
cd "$(dirname "$0")/../.."
venv=$(realpath -m "${4:-target/neighbours-bench/venv}")
folder=target/neighbours-bench/$papers-$dimensions

[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
if ! "$venv/bin/python" -c 'import faiss, sklearn, usearch' 2>/dev/null; then
    "$venv/bin/pip" install faiss-cpu==1.15.1 scikit-learn==1.9.1 usearch==2.26.6
fi
# Vectors of 768 dimensions are compared as SPECTER's are.
[ "$dimensions" -eq 768 ] && distances=--distances || distances=
cargo bench --bench neighbours -- --bib "$bib" --papers "$papers" --dimensions "$dimensions" \
    $distances --write "$folder"
echo
"$venv/bin/python" benches/neighbours/peers.py "$folder" $distances
