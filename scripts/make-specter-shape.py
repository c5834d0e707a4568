#!/usr/bin/env python3
"""Writes models/specter-shape/: a BERT of exactly SPECTER's shape, with random weights.

12 layers of 768 dimensions and 12 heads, inner size 3072, 512 positions, 31,116 word embeddings,
the vector of [CLS], not normalised; the files are those of sentence-transformers/allenai-specter.
It says nothing about papers, but costs what SPECTER costs and must be computed as SPECTER is, so
that tests and benches need no download of 440 MB. The vocabulary is that of all-MiniLM-L6-v2
(scripts/fetch-minilm.sh), with made-up pieces up to SPECTER's number.

Needs numpy. Seeded with `RandomState`, whose numbers NumPy keeps the same for good.
"""

import hashlib
import json
import struct
import sys
from pathlib import Path

import numpy as np

SEED = 20200415
LAYERS, HIDDEN, HEADS, INNER, POSITIONS, VOCABULARY = 12, 768, 12, 3072, 512, 31_116

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "models/all-MiniLM-L6-v2"
TARGET = ROOT / "models/specter-shape"


def shapes():
    """Names and shapes of the tensors, in the order in which their numbers are drawn."""
    for name, rows in [("word", VOCABULARY), ("position", POSITIONS), ("token_type", 2)]:
        yield f"embeddings.{name}_embeddings.weight", (rows, HIDDEN)

    def pair(name, *weight):
        yield f"{name}.weight", weight
        yield f"{name}.bias", weight[:1]

    yield from pair("embeddings.LayerNorm", HIDDEN)
    for layer in range(LAYERS):
        layer = f"encoder.layer.{layer}"
        for part in ["self.query", "self.key", "self.value", "output.dense"]:
            yield from pair(f"{layer}.attention.{part}", HIDDEN, HIDDEN)
        yield from pair(f"{layer}.attention.output.LayerNorm", HIDDEN)
        yield from pair(f"{layer}.intermediate.dense", INNER, HIDDEN)
        yield from pair(f"{layer}.output.dense", HIDDEN, INNER)
        yield from pair(f"{layer}.output.LayerNorm", HIDDEN)
    yield from pair("pooler.dense", HIDDEN, HIDDEN)


def draw(random, name, shape):
    """Spread so that queries, keys and the inner layer stay near 1, as in trained models."""
    noise = random.standard_normal(shape)
    if name.endswith("LayerNorm.weight"):
        return (1 + 0.1 * noise).astype("<f4")
    return ((0.05 if len(shape) == 1 else 0.04) * noise).astype("<f4")


def write_weights(path):
    table, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in shapes():
        end = offset + 4 * int(np.prod(shape))
        table[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, end]}
        offset = end
    header = json.dumps(table, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    random = np.random.RandomState(SEED)
    digest = hashlib.sha256()
    part = path.with_suffix(".part")
    with open(part, "wb") as file:
        for piece in (struct.pack("<Q", len(header)), header):
            file.write(piece)
            digest.update(piece)
        for name, shape in shapes():
            piece = draw(random, name, shape).tobytes()
            file.write(piece)
            digest.update(piece)
    part.rename(path)
    return digest.hexdigest()


def write_json(name, value):
    path = TARGET / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")


def main():
    if not (SOURCE / "tokenizer.json").exists():
        sys.exit(f"{SOURCE} is not there: run scripts/fetch-minilm.sh first")
    TARGET.mkdir(parents=True, exist_ok=True)
    write_json(
        "config.json",
        {
            "architectures": ["BertModel"],
            "attention_probs_dropout_prob": 0.1,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1,
            "hidden_size": HIDDEN,
            "initializer_range": 0.02,
            "intermediate_size": INNER,
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": POSITIONS,
            "model_type": "bert",
            "num_attention_heads": HEADS,
            "num_hidden_layers": LAYERS,
            "pad_token_id": 0,
            "position_embedding_type": "absolute",
            "type_vocab_size": 2,
            "vocab_size": VOCABULARY,
        },
    )
    modules = [("", "Transformer"), ("1_Pooling", "Pooling")]
    write_json(
        "modules.json",
        [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{name}"}
            for i, (path, name) in enumerate(modules)
        ],
    )
    modes = ["cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens"]
    pooling = {f"pooling_mode_{mode}": mode == "cls_token" for mode in modes}
    write_json("1_Pooling/config.json", {"word_embedding_dimension": HIDDEN} | pooling)
    write_json("sentence_bert_config.json", {"max_seq_length": POSITIONS, "do_lower_case": False})
    settings = json.loads((SOURCE / "tokenizer_config.json").read_text())
    settings.pop("name_or_path", None)
    write_json("tokenizer_config.json", settings)
    write_json("special_tokens_map.json", json.loads((SOURCE / "special_tokens_map.json").read_text()))

    tokenizer = json.loads((SOURCE / "tokenizer.json").read_text(encoding="utf-8"))
    pieces = tokenizer["model"]["vocab"]
    # In brackets, which the tokenizer splits off: no text has these pieces.
    pieces |= {f"[made-up-{i}]": i for i in range(len(pieces), VOCABULARY)}
    tokenizer["truncation"] = tokenizer["padding"] = None
    (TARGET / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
    ordered = sorted(pieces, key=pieces.get)
    (TARGET / "vocab.txt").write_text("\n".join(ordered) + "\n", encoding="utf-8")

    digest = write_weights(TARGET / "model.safetensors")
    print(f"{TARGET} is there; SHA-256 of the weights: {digest}")


if __name__ == "__main__":
    main()
