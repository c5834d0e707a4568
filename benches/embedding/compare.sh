#!/bin/sh
# Compares encoders: benches/embedding/compare.sh LIBRARY.bib [FOLDER OF THE VIRTUAL ENVIRONMENT].
# See benches/README.md.
set -eu

bib=$(realpath "${1:?usage: benches/embedding/compare.sh LIBRARY.bib [VENV]}")
cd "$(dirname "$0")/../.."
venv=$(realpath -m "${2:-target/embedding-bench/venv}")

if [ ! -x "$venv/bin/python" ]; then
    scripts/goldens-venv.sh "$venv"
fi
if ! "$venv/bin/python" -c 'import onnx, onnxruntime' 2>/dev/null; then
    "$venv/bin/pip" install onnx==1.23.2 onnxruntime==1.32.0
fi
scripts/fetch-minilm.sh
[ -f models/specter-shape/model.safetensors ] || "$venv/bin/python" scripts/make-specter-shape.py

EMBEDDING_BIB=$bib EMBEDDING_PYTHON=$venv/bin/python exec cargo bench --bench embedding
