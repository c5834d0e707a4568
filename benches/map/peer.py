"""Lays out a neighbour graph by umap-learn: peer.py FOLDER, where benches/map/main.rs left the graph."""

import sys
import time
import warnings
from pathlib import Path

import numpy as np
import umap

warnings.filterwarnings("ignore")
folder = Path(sys.argv[1])
papers, neighbours = np.fromfile(folder / "shape.u32", dtype="<u4")
indices = np.fromfile(folder / "neighbours.u32", dtype="<u4").reshape(papers, neighbours)
similarities = np.fromfile(folder / "similarities.f32", dtype="<f4").reshape(papers, neighbours)
# umap-learn counts each paper as its own first neighbour. Distances matter by their differences.
nearest = similarities.max() + 1e-3
own = np.arange(papers)[:, None]
graph = (
    np.hstack([own, indices]).astype(np.int32),
    np.hstack([np.zeros_like(own), nearest - similarities]).astype(np.float32),
    None,
)
# Not looked at beyond its shape and the start of the spectral layout's parts.
vectors = np.random.default_rng(0).random((papers, 2), dtype=np.float32)


def lay_out(seed):
    start = time.perf_counter()
    points = umap.UMAP(
        n_neighbors=int(neighbours) + 1, precomputed_knn=graph, random_state=seed
    ).fit_transform(vectors)
    return time.perf_counter() - start, points


lay_out(0)  # Compiled the first time.
for name, seed in [("one thread, seeded", 0), ("all threads", None)]:
    seconds, points = lay_out(seed)
    points.astype("<f4").tofile(folder / f"{'seeded' if seed == 0 else 'free'}.f32")
    print(f"{name}\t{seconds}\t{'seeded' if seed == 0 else 'free'}.f32", flush=True)
