"""Makes minilm.safetensors and specter-shape.safetensors: what PyTorch computes with real models.

    real.py minilm     all-MiniLM-L6-v2 by sentence-transformers, over papers of the corpus
    real.py specter    models/specter-shape by transformers, over specter-texts.json

Of the corpus only those papers are taken whose title and abstract have no LaTeX at all, so that
the test finds the same texts with a few lines of code; their SHA-256 is stored, they are not.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAPERS, STRIDE, NEIGHBOURS = 200, 29, 10


def corpus() -> list[tuple[str, str, str]]:
    """Key, title and abstract of every 29th paper without LaTeX, whitespace collapsed."""
    text = (ROOT.parent / "shared/corpora/acl.bib").read_text(encoding="utf-8")
    papers = []
    for entry in text.split("\n@")[1:]:
        key = entry.split("{", 1)[1].split(",", 1)[0]
        fields = {}
        for name in ("title", "abstract"):
            found = re.search(rf'^    {name} = "(.*?)",?$', entry, re.S | re.M)
            fields[name] = " ".join(found[1].split()) if found else ""
        plain = not re.search(r"[\\{}$~\"]|--|``|''", fields["title"] + "\n" + fields["abstract"])
        if plain and all(fields.values()):
            papers.append((key, fields["title"], fields["abstract"]))
    return papers[::STRIDE][:PAPERS]


def write(name: str, ids: list[list[int]], vectors: np.ndarray, more: dict, metadata: dict) -> None:
    tensors = {
        "ids": np.concatenate([np.array(tokens, "<i2") for tokens in ids]),
        "lengths": np.array([len(tokens) for tokens in ids], "<i2"),
        "vectors": vectors,
    }
    path = HERE / f"{name}.safetensors"
    save_file(tensors | more, path, metadata=metadata)
    path.chmod(0o644)
    print(path.name, path.stat().st_size, "bytes", metadata)


def minilm() -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(ROOT / "models/all-MiniLM-L6-v2"), device="cpu")
    papers = corpus()
    separator = model.tokenizer.sep_token
    texts = [title + separator + abstract for _, title, abstract in papers]
    ids = [model.tokenizer(t, truncation=True, max_length=model.max_seq_length)["input_ids"] for t in texts]
    vectors = model.encode(texts, batch_size=8, normalize_embeddings=False)
    scores = vectors.astype("f8") @ vectors.astype("f8").T
    np.fill_diagonal(scores, -np.inf)
    order = np.argsort(-scores, axis=1, kind="stable")
    gaps = np.take_along_axis(scores, order, 1)
    print("closest call at rank ten:", (gaps[:, 9] - gaps[:, 10]).min())
    lines = "".join(f"{key}\t{title}\t{abstract}\n" for key, title, abstract in papers)
    write(
        "minilm",
        ids,
        vectors.astype("f2"),
        {"neighbours": order[:, :NEIGHBOURS].astype("u1")},
        {"texts_sha256": hashlib.sha256(lines.encode()).hexdigest()},
    )


def specter() -> None:
    from transformers import AutoTokenizer, BertModel

    folder = ROOT / "models/specter-shape"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = BertModel.from_pretrained(folder, attn_implementation="eager").eval()
    ids, vectors = [], []
    for title, abstract in json.loads((HERE / "specter-texts.json").read_text(encoding="utf-8")):
        text = title + tokenizer.sep_token + abstract
        tokens = tokenizer(text, truncation=True, max_length=512)["input_ids"]
        with torch.no_grad():
            hidden = model(torch.tensor([tokens])).last_hidden_state
        ids.append(tokens)
        vectors.append(hidden[0, 0].numpy())
    vectors = np.stack(vectors)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    print("cosines between texts:", np.percentile(unit @ unit.T, [0, 50, 90]), "largest", abs(vectors).max())
    weights = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    write("specter-shape", ids, vectors, {}, {"weights_sha256": weights})


if __name__ == "__main__":
    {"minilm": minilm, "specter": specter}[sys.argv[1]]()
