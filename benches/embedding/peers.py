#!/usr/bin/env python3
"""The other encoders of the comparison, each in a process of its own; see benches/README.md.

    peers.py NAME MODEL TEXTS THREADS CACHE

NAME is st-f32, st-bf16 (sentence-transformers on PyTorch), ort-f32 or ort-int8 (ONNX Runtime).
MODEL is a folder of sentence-transformers, TEXTS a JSON list of texts, CACHE a folder for the
exported ONNX files. Speaks lines: once "ready SECONDS" after loading; then for each line read,
"FIRST COUNT REPEAT", the best of so many runs over these texts, in seconds; for "vectors", the
vectors of all texts as one line of JSON.
"""

import json
import os
import sys
import time
from pathlib import Path

name, folder, texts, threads, cache = sys.argv[1:]
threads = int(threads)
os.environ["OMP_NUM_THREADS"] = str(threads)
texts = json.loads(Path(texts).read_text())

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

BATCHES = [4, 8, 16, 32, 64]
torch.set_num_threads(threads)
started = time.perf_counter()


def pytorch(dtype):
    model = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": dtype})

    def encode(texts, batch):
        with torch.inference_mode():
            vectors = model.encode(
                texts, batch_size=batch, convert_to_tensor=True, show_progress_bar=False
            )
        return vectors.float().numpy()

    return encode


def export(path):
    """BERT as ONNX, fused by ONNX Runtime's own optimizer."""
    from onnxruntime.transformers import optimizer
    from transformers import AutoModel

    model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    sample = torch.ones(2, 8, dtype=torch.int64)

    class Encoder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, input_ids, attention_mask, token_type_ids):
            return self.model(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
            ).last_hidden_state

    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    raw = path.with_suffix(".raw.onnx")
    axes = {0: "batch", 1: "tokens"}
    torch.onnx.export(
        Encoder(),
        (sample, sample, torch.zeros_like(sample)),
        str(raw),
        input_names=inputs,
        output_names=["hidden"],
        dynamic_axes={key: axes for key in [*inputs, "hidden"]},
        dynamo=False,
    )
    config = model.config
    fused = optimizer.optimize_model(
        str(raw),
        model_type="bert",
        num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size,
    )
    fused.save_model_to_file(str(path))
    raw.unlink()


def onnx_runtime(quantized):
    import onnxruntime
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    path = Path(cache) / f"{Path(folder).name}.onnx"
    if not path.exists():
        export(path)
    if quantized:
        whole, path = path, path.with_suffix(".int8.onnx")
        if not path.exists():
            quantize_dynamic(
                str(whole),
                str(path),
                per_channel=True,
                weight_type=QuantType.QInt8,
                # The fused operations hide the types from the quantizer.
                extra_options={"DefaultTensorType": TensorProto.FLOAT},
            )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    global started
    started = time.perf_counter()
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    # For the tokenizer and the pooling.
    model = SentenceTransformer(folder, device="cpu")

    def encode(texts, batch):
        order = sorted(range(len(texts)), key=lambda text: -len(texts[text]))
        vectors = [None] * len(texts)
        for start in range(0, len(order), batch):
            part = order[start : start + batch]
            features = model.tokenize([texts[text] for text in part])
            feed = {key.name: features[key.name].numpy() for key in session.get_inputs()}
            hidden = torch.from_numpy(session.run(None, feed)[0])
            features["token_embeddings"] = hidden
            for module in list(model)[1:]:
                features = module(features)
            for text, vector in zip(part, features["sentence_embedding"].numpy()):
                vectors[text] = vector
        return np.stack(vectors)

    return encode


makers = {
    "st-f32": lambda: pytorch(torch.float32),
    "st-bf16": lambda: pytorch(torch.bfloat16),
    "ort-f32": lambda: onnx_runtime(False),
    "ort-int8": lambda: onnx_runtime(True),
}
encode = makers[name]()
encode(texts[:1], 1)
print("ready", time.perf_counter() - started, flush=True)


def seconds(part, batch):
    start = time.perf_counter()
    encode(part, batch)
    return time.perf_counter() - start


# Warm up, and find the batch size that suits it best.
sample = texts[:: max(1, len(texts) // 64)]
best = min(BATCHES, key=lambda batch: seconds(sample, batch))
print("batch", best, flush=True)
for line in sys.stdin:
    if line.strip() == "vectors":
        print("vectors", json.dumps(encode(texts, best).tolist()), flush=True)
        continue
    first, count, repeat = map(int, line.split())
    part = texts[first : first + count]
    print("seconds", min(seconds(part, best) for _ in range(repeat)), flush=True)
