"""The ceiling of Benchmarks/quality: what labels of the same pixels would bring."""
import os

import numpy as np
from scipy.io import loadmat
from scipy.ndimage import uniform_filter
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import (adjusted_rand_score, confusion_matrix, jaccard_score,
                             normalized_mutual_info_score)

from qualitydata import raster, truth_of

LABELS = 20_000


def features(bands):
    """(pixels, 2 C): each pixel's bands and their 3 × 3 means."""
    bands = bands.astype(np.float32)
    both = np.concatenate([bands, uniform_filter(bands, (0, 3, 3))])
    return both.reshape(len(both), -1).T


def halves(data):
    """Features and truth of one half of the data, and of the other: left and right, or tiles."""
    if data.truth is None:
        # Dates of one place are neighbours in the order of the numbers, so no place is in both.
        names = sorted(os.listdir(os.path.join(data.path, "imgs")), key=lambda n: int(n[:-4]))
        parts = [(loadmat(os.path.join(data.path, "imgs", n))["img"].transpose(2, 0, 1),
                  loadmat(os.path.join(data.path, "gt", n))["gt"]) for n in names]
        middle = len(parts) // 2
        sides = parts[:middle], parts[middle:]
    else:
        bands, valid = raster(data.path)
        truth = np.where(valid, truth_of(data.truth), -1)
        middle = truth.shape[1] // 2
        sides = ([(bands[:, :, :middle], truth[:, :middle])],
                 [(bands[:, :, middle:], truth[:, middle:])])
    for side in sides:
        x = np.concatenate([features(bands) for bands, _ in side])
        y = np.concatenate([truth.ravel() for _, truth in side])
        yield x[y >= 0], y[y >= 0]


def scores(data, seed, threads):
    """Of a random forest with LABELS labels of one half, on the other, named as iicd's JSON."""
    (x, y), (other, truth) = halves(data)
    some = np.random.default_rng(seed).permutation(len(x))[:LABELS]
    forest = RandomForestClassifier(100, random_state=seed, n_jobs=threads).fit(x[some], y[some])
    found = forest.predict(other)
    table = confusion_matrix(truth, found)
    return {
        "clusters": len(forest.classes_),
        "accuracy": (found == truth).mean(),
        "manyToOneAccuracy": table.max(0).sum() / table.sum(),
        "meanIoU": jaccard_score(truth, found, average="macro"),
        "nmi": normalized_mutual_info_score(truth, found),
        "ari": adjusted_rand_score(truth, found),
    }
