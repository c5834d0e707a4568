"""Other ways to find clusters, for `cargo bench --bench clusters`. Takes the material as JSON, prints
names, seconds and labels (-1: in none) as JSON."""

import json
import sys
import time

import igraph
import leidenalg
import numpy
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import normalize
from umap import UMAP

with open(sys.argv[1], encoding="utf-8") as file:
    material = json.load(file)
vectors = normalize(numpy.array(material["vectors"], dtype=numpy.float32))
papers = len(vectors)
tfidf = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(material["texts"])
lsa = normalize(TruncatedSVD(100, random_state=0).fit_transform(tfidf))


def leiden(edges):
    graph = igraph.Graph(n=papers, edges=edges)
    kind = leidenalg.RBConfigurationVertexPartition
    return leidenalg.find_partition(graph, kind, resolution_parameter=1.0, seed=0).membership


def nearest(points):
    found = NearestNeighbors(n_neighbors=16, metric="cosine").fit(points)
    neighbours = found.kneighbors(return_distance=False)[:, :15]
    return list({(min(a, b), max(a, b)) for a, row in enumerate(neighbours.tolist()) for b in row})


def bertopic(points):
    reduced = UMAP(
        n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=0, n_jobs=1
    ).fit_transform(points)
    return HDBSCAN(min_cluster_size=10).fit_predict(reduced).tolist()


def k_means(points):
    return KMeans(material["topics"], n_init=10, random_state=0).fit_predict(points).tolist()


ways = {
    "leidenalg, our graph of vectors and words": lambda: leiden(material["fused"]),
    "leidenalg, our graph of words": lambda: leiden(material["lexical"]),
    "leidenalg, cosine neighbours by vectors": lambda: leiden(nearest(vectors)),
    "leidenalg, cosine neighbours by LSA": lambda: leiden(nearest(lsa)),
    "UMAP 5-d + HDBSCAN (BERTopic's way), vectors": lambda: bertopic(vectors),
    "UMAP 5-d + HDBSCAN (BERTopic's way), LSA": lambda: bertopic(lsa),
    "k-means with the right k, vectors": lambda: k_means(vectors),
    "k-means with the right k, LSA": lambda: k_means(lsa),
}
# The first call compiles.
UMAP(n_components=5).fit_transform(lsa[:100])
results = []
for name, way in ways.items():
    start = time.perf_counter()
    labels = way()
    seconds = time.perf_counter() - start
    results.append({"name": name, "seconds": seconds, "labels": labels})
json.dump(results, sys.stdout)
