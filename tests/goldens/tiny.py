"""Makes tests/goldens/tiny/: random BERTs in every layout, and what PyTorch computes with them.

Each folder is written by hand in its layout; `expected.json` has the token ids of the tokenizer that
`transformers` opens there, and the vectors of its `BertModel` with the same numbers. The folder
mean-normalize is also opened whole by `sentence-transformers`, which must agree. Seeded; run again, it writes the same files, but for the
addresses in memory that PyTorch's old format takes as the names of tensors' storages.
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoTokenizer, BertConfig, BertModel

HERE = Path(__file__).resolve().parent
TEXTS = json.loads((HERE / "texts.json").read_text())
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = """graph network citation data train model title abstract without an the and in of for a we
on that one two three four five six seven eight nine ten token word paper show""".split()
ENDINGS = ["##s", "##ing", "##ation", "##ed", "##al", "##er"]
SIGNS = list("0123456789.,:-()[]&%'#") + ["中", "文", "日"]


def vocabulary(cased: bool) -> list[str]:
    pieces = SPECIAL + SIGNS + list(LETTERS) + ["##" + letter for letter in LETTERS]
    pieces += [word for word in WORDS if len(word) > 1] + ENDINGS + ["##" + d for d in "0123456789"]
    if cased:
        pieces += list("ABCDEFGLTU") + ["Graph", "The", "é", "Ü", "##ï", "##é"]
    return pieces


def random_model(seed: int, vocab_size: int) -> BertModel:
    config = BertConfig(
        vocab_size=vocab_size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=40,
        hidden_act="gelu",
        attn_implementation="eager",
    )
    model = BertModel(config, add_pooling_layer=False).eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            # Large enough that attention is far from uniform and GELU far from linear.
            parameter.copy_(1 + 0.2 * noise if name.endswith("LayerNorm.weight") else 0.3 * noise)
    return model


def write_json(path: Path, value) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=True) + "\n")


def write_weights(folder: Path, model: BertModel, file: str, prefix: str, gamma: bool, dtype) -> None:
    state = {}
    for name, tensor in model.state_dict().items():
        if gamma:
            name = name.replace("LayerNorm.weight", "LayerNorm.gamma")
            name = name.replace("LayerNorm.bias", "LayerNorm.beta")
        state[prefix + name] = tensor.to(dtype).contiguous().clone()
    # Files in the wild have this one, which nobody reads.
    state[prefix + "embeddings.position_ids"] = torch.arange(40).unsqueeze(0)
    if file == "model.safetensors":
        save_file(state, folder / file, metadata={"format": "pt"})
    else:
        torch.save(state, folder / "pytorch_model.bin", _use_new_zipfile_serialization=file == "zip")


def write_tokenizer(folder: Path, pieces: list[str], full: bool, settings: dict | None) -> None:
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    if settings is not None:
        write_json(folder / "tokenizer_config.json", {"tokenizer_class": "BertTokenizer", **settings})
    if full:
        tokenizer = AutoTokenizer.from_pretrained(folder).backend_tokenizer
        # Traps: the program has its own length and never pads.
        tokenizer.enable_truncation(7)
        tokenizer.enable_padding(length=7)
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        (folder / "vocab.txt").unlink()


def write_modules(root: Path, pooling: dict, normalize: bool, inner: str, wrapper: dict) -> None:
    names = ["Transformer", "Pooling"] + ["Normalize"] * normalize
    paths = [inner, "1_Pooling", "2_Normalize"]
    write_json(
        root / "modules.json",
        [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{name}"}
            for i, (name, path) in enumerate(zip(names, paths))
        ],
    )
    write_json(root / "1_Pooling/config.json", pooling)
    write_json(root / inner / "sentence_bert_config.json", wrapper)


def flags(mode: str) -> dict:
    modes = ["cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens"]
    return {"word_embedding_dimension": 32} | {f"pooling_mode_{m}": m == mode for m in modes}


def expected(folder: Path, model: BertModel, max_length: int, mean: bool, normalize: bool) -> dict:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids, vectors = [], []
    for title, abstract in TEXTS:
        text = title + tokenizer.sep_token + abstract
        tokens = tokenizer(text, truncation=True, max_length=max_length, padding=False)["input_ids"]
        with torch.no_grad():
            hidden = model(torch.tensor([tokens])).last_hidden_state[0]
        vector = hidden.mean(0) if mean else hidden[0]
        if normalize:
            vector = torch.nn.functional.normalize(vector, dim=0)
        ids.append(tokens)
        vectors.append([round(x, 7) for x in vector.tolist()])
    return {"max_length": max_length, "ids": ids, "vectors": vectors}


def check_with_sentence_transformers(root: Path, vectors: list) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(root), device="cpu")
    texts = [title + model.tokenizer.sep_token + abstract for title, abstract in TEXTS]
    difference = (torch.tensor(vectors) - torch.tensor(model.encode(texts))).abs().max().item()
    print(f"  {root.name}: sentence-transformers differs by {difference:.1e}")
    assert difference < 1e-5


LOWER = {"do_lower_case": True, "tokenize_chinese_chars": True, "strip_accents": None}
CASED = {"do_lower_case": False, "tokenize_chinese_chars": False, "strip_accents": False}
FLAT = "model.safetensors"
# name: weights file, prefix, gamma/beta, type, tokenizer.json?, tokenizer settings, modules
# (None: bare folder; else pooling, normalize, folder of the encoder, wrapper's settings)
VARIANTS = {
    "cls": (FLAT, "", False, "float32", True, LOWER, (flags("cls_token"), False, "", {"max_seq_length": 512, "do_lower_case": False})),
    "mean-normalize": (FLAT, "", False, "float32", True, LOWER, (flags("mean_tokens"), True, "", {"max_seq_length": 16, "do_lower_case": False})),
    "cls-normalize": ("zip", "", False, "float32", False, CASED, (flags("cls_token"), True, "", {"max_seq_length": 24})),
    "mean-inner": (FLAT, "bert.", True, "float16", True, None, ({"embedding_dimension": 32, "pooling_mode": "mean"}, False, "0_BERT", {"max_seq_length": 30})),
    "mean-bf16": ("zip", "bert.", False, "bfloat16", False, LOWER | {"strip_accents": False, "model_max_length": 20}, (flags("mean_tokens"), False, "", {})),
    "bare": ("zip", "bert.", True, "float32", False, LOWER, None),
    "bare-legacy": ("legacy", "bert.", False, "float32", False, None, None),
}


def main() -> None:
    shutil.rmtree(HERE / "tiny", ignore_errors=True)
    for seed, (name, variant) in enumerate(VARIANTS.items()):
        file, prefix, gamma, dtype, full, settings, modules = variant
        root = HERE / "tiny" / name
        folder = root / (modules[2] if modules else "")
        folder.mkdir(parents=True)
        dtype = getattr(torch, dtype)
        pieces = vocabulary(cased=settings is CASED)
        model = random_model(seed, len(pieces))
        # What is computed with are the numbers in the file.
        model.load_state_dict({k: v.to(dtype).float() for k, v in model.state_dict().items()})
        write_json(folder / "config.json", model.config.to_dict() | {"model_type": "bert", "architectures": ["BertModel"]})
        write_weights(folder, model, file, prefix, gamma, dtype)
        write_tokenizer(folder, pieces, full, settings)
        mean = normalize = False
        max_length = 40
        if modules:
            pooling, normalize, inner, wrapper = modules
            mean = pooling.get("pooling_mode") == "mean" or pooling.get("pooling_mode_mean_tokens", False)
            bound = wrapper.get("max_seq_length") or (settings or {}).get("model_max_length", 40)
            max_length = min(bound, 40)
            write_modules(root, pooling, normalize, inner, wrapper)
        golden = expected(folder, model, max_length, mean, normalize)
        write_json(root / "expected.json", golden)
        if name == "mean-normalize":
            check_with_sentence_transformers(root, golden["vectors"])
        print(name, sum(f.stat().st_size for f in root.rglob("*") if f.is_file()), "bytes")


if __name__ == "__main__":
    main()
