#!/bin/sh
# Installs the programs that benches/import/compare.sh compares with, each in a folder of its own,
# outside of the repository:
#     scripts/import-peers.sh FOLDER
set -eu

folder=${1:?usage: scripts/import-peers.sh FOLDER}
for peer in pybtex==0.26.1 bibtexparser==1.4.4 bibtexparser==2.1.0; do
    [ -d "$folder/$peer" ] || python3 -m pip install --quiet --target "$folder/$peer" "$peer"
done
