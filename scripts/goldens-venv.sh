#!/bin/sh
# Makes the virtual environment in which tests/goldens/*.py run, outside of the repository:
#     scripts/goldens-venv.sh FOLDER
# PyTorch alone is a download of about 3 GB.
set -eu

folder=${1:?usage: scripts/goldens-venv.sh FOLDER}
python3 -m venv "$folder"
"$folder/bin/pip" install \
    numpy==2.4.6 \
    safetensors==0.8.0 \
    sentence-transformers==6.2.0 \
    tokenizers==0.23.3 \
    torch==2.15.0 \
    transformers==5.23.0
