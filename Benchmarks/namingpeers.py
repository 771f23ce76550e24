"""What Benchmarks/naming compares with: named clusters of pixels, and forests."""
import numpy as np
from scipy.ndimage import uniform_filter
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from threadpoolctl import threadpool_limits

# Of the pixels with data, which say as much as all of them.
PIXELS, TESTED, FITTED = 200_000, 100_000, 20_000


def windows(bands, valid, side):
    """Means and standard deviations of each band around each pixel, of the pixels with data."""
    share = np.maximum(uniform_filter(valid.astype(np.float64), side), 1e-9)
    zeroed = np.where(valid, bands.astype(np.float64), 0)
    mean = uniform_filter(zeroed, (0, side, side)) / share
    squares = uniform_filter(zeroed ** 2, (0, side, side)) / share
    return mean, np.sqrt(np.maximum(0, squares - mean ** 2))


class Pixels:
    """Some pixels of all scenes of a ground: what describes them, and their truth."""

    def __init__(self, parts):
        plain, wide, truth = [], [], []
        for bands, valid, known in parts:
            near, _ = windows(bands, valid, 3)
            mean, deviation = windows(bands, valid, 7)
            plain.append(np.concatenate([bands, near])[:, valid].T.astype(np.float32))
            wide.append(np.concatenate([mean, deviation])[:, valid].T.astype(np.float32))
            truth.append(known[valid])
        truth = np.concatenate(truth)
        some = np.random.default_rng(0).permutation(len(truth))[:PIXELS]
        self.truth = truth[some]
        self.plain = np.concatenate(plain)[some]
        self.wide = np.concatenate([self.plain, np.concatenate(wide)[some]], axis=1)


def forest(pixels, wide, labels, seed):
    """Accuracy of a random forest with some random labels, on other pixels."""
    with threadpool_limits(1):
        known = np.flatnonzero(pixels.truth >= 0)
        order = np.random.default_rng(seed).permutation(known)
        some, others = order[:labels], order[labels:labels + TESTED]
        x = pixels.wide if wide else pixels.plain
        found = RandomForestClassifier(100, random_state=seed).fit(x[some], pixels.truth[some])
        return (found.predict(x[others]) == pixels.truth[others]).mean()


def clusters(pixels, clicks, seed):
    """Accuracy of so many k-means clusters of pixels, of which one typical pixel each is named."""
    with threadpool_limits(1):
        random = np.random.default_rng(seed)
        x = pixels.plain
        x = (x - x.mean(0)) / np.maximum(x.std(0), 1e-6)
        some = random.permutation(len(x))[:FITTED]
        means = KMeans(clicks, n_init=1, random_state=seed).fit(x[some])
        labels = means.predict(x)
        distances = np.linalg.norm(x - means.cluster_centers_[labels], axis=1)
        names = np.full(clicks, -1)
        for cluster in range(clicks):
            members = np.flatnonzero(labels == cluster)
            if len(members):
                nearest = members[np.argsort(distances[members], kind="stable")]
                names[cluster] = pixels.truth[random.choice(nearest[:max(1, len(nearest) // 10)])]
        # A click where nobody knows the class is spent; its cluster takes the nearest one's name.
        named = np.flatnonzero(names >= 0)
        for cluster in np.flatnonzero(names < 0):
            away = means.cluster_centers_[named] - means.cluster_centers_[cluster]
            names[cluster] = names[named[np.linalg.norm(away, axis=1).argmin()]]
        known = pixels.truth >= 0
        return (names[labels[known]] == pixels.truth[known]).mean()
