"""Times scikit-learn, faiss and usearch on what `cargo bench --bench neighbours -- --write` wrote.

    peers.py FOLDER [--distances]

The hybrid list is made as this program makes it: z-scores of TF-IDF, LSA and vectors added.
"""

import sys
import time
from pathlib import Path

import faiss
import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize
from usearch.index import Index

folder = Path(sys.argv[1])
distances = "--distances" in sys.argv
texts = (folder / "texts.txt").read_text().splitlines()
vectors = np.ascontiguousarray(np.load(folder / "vectors.npy"), dtype=np.float32)
queries = [int(line) for line in (folder / "queries.txt").read_text().split()]
papers, dimensions = vectors.shape
assert len(texts) == papers


def report(name, unit, times):
    median, most = np.quantile(times, [0.5, 0.9])
    print(f"| {name} | {median:.2f} | {most:.2f} | {unit} |", flush=True)


def timed(ask):
    times = []
    for query in queries:
        start = time.perf_counter()
        ask(query)
        times.append((time.perf_counter() - start) * 1e3)
    return times


def z(values):
    return (values - values.mean()) / values.std()


print("| Python | median | 90 % | unit |\n|---|---:|---:|---|")
start = time.perf_counter()
vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english", dtype=np.float32)
words = vectorizer.fit_transform(texts)
weighed = time.perf_counter() - start
report("scikit-learn, words weighed", "s", [weighed])
start = time.perf_counter()
svd = TruncatedSVD(200, n_iter=1, random_state=0)
topics = normalize(svd.fit_transform(words)).astype(np.float32)
report("and topics found", "s", [weighed + time.perf_counter() - start])

flat = faiss.IndexFlatL2(dimensions) if distances else faiss.IndexFlatIP(dimensions)
flat.add(vectors)


def dense_to_all(query):
    similarities, found = flat.search(vectors[query : query + 1], papers)
    to_all = np.empty(papers, dtype=np.float32)
    to_all[found[0]] = -np.sqrt(np.maximum(similarities[0], 0)) if distances else similarities[0]
    return to_all


def hybrid(query, top):
    shared = np.asarray((words @ words[query].T).todense()).ravel()
    lexical = z(z(np.sqrt(shared)) + z(topics @ topics[query]))
    score = 0.75 * lexical + z(dense_to_all(query))
    score[query] = -np.inf
    best = np.argpartition(-score, top)[:top]
    return best[np.argsort(-score[best])]


report("scikit-learn + faiss flat, hybrid, 20 papers", "ms", timed(lambda q: hybrid(q, 20)))
report(
    "scikit-learn, words, 20 papers",
    "ms",
    timed(lambda q: np.argpartition(-(words @ words[q].T).toarray().ravel(), 21)[:21]),
)
report("faiss flat, ten nearest", "ms", timed(lambda q: flat.search(vectors[q : q + 1], 10)))

start = time.perf_counter()
graph = Index(
    ndim=dimensions,
    metric="l2sq" if distances else "ip",
    dtype="f32",
    connectivity=16,
    expansion_add=128,
    expansion_search=128,
)
graph.add(np.arange(papers), vectors)
report("usearch, graph built", "s", [time.perf_counter() - start])
report("usearch, ten nearest", "ms", timed(lambda q: graph.search(vectors[q], 10)))
hits = 0
for query in queries:
    exact = flat.search(vectors[query : query + 1], 10)[1][0]
    hits += len(set(exact) & set(graph.search(vectors[query], 10).keys))
print(f"| — recall@10 | {hits / (10 * len(queries)):.4f} | | |")
