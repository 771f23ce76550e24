"""The tables of Benchmarks/naming."""
import collections
import math

import numpy as np

from peerreport import Report

CLICKS = [24, 48, 72]
POINTS = 2000
FORESTS = [24, 48, 60, 72, 200, POINTS]
# Clicks, and labels of the forest that they must be as good as.
BARS = {24: 60, 72: 200}


def accuracy(table):
    right = sum(row.get(true, 0) for true, row in table.items())
    return right / sum(sum(row.values()) for row in table.values())


class Tables:
    """Writes what was found out about some sets."""

    def __init__(self, scores, binary, sets, seeds):
        self.scores, self.binary = scores, binary
        self.sets, self.seeds = sets, range(1, seeds + 1)

    def tables(self, name, label):
        """iicd's, of all seeds."""
        keys = [f"{self.binary} {name} {seed} {label}" for seed in self.seeds]
        return [self.scores[key] for key in keys if key in self.scores]

    def iicd(self, name, label):
        return [accuracy(table) for table in self.tables(name, label)]

    def peer(self, name, label):
        keys = [f"{name} {seed} {label}" for seed in self.seeds]
        return [self.scores[key] for key in keys if key in self.scores]

    @staticmethod
    def text(values):
        """Median, lower and upper quartile."""
        if not values:
            return "–"
        low, middle, high = np.percentile(values, [25, 50, 75])
        return f"{middle:.3f} ({low:.3f}–{high:.3f})"

    @staticmethod
    def median(values):
        return f"{np.median(values):.3f}" if values else "–"

    def clicks(self):
        yield ["data", "N", "iicd, N clicks", "N named clusters", "forest, N labels",
               "forest, 7 × 7"]
        for name in self.sets:
            for n in CLICKS:
                yield [name, f"{n}", self.text(self.iicd(name, n)),
                       self.text(self.peer(name, f"clusters {n}")),
                       self.text(self.peer(name, f"forest {n}")),
                       self.text(self.peer(name, f"forest wide {n}"))]

    def bars(self):
        yield ["data", "clicks", "labels", "iicd", "forest", "forest, 7 × 7", "difference",
               "ratio", "seeds above", "median"]
        for name in self.sets:
            for n, labels in BARS.items():
                found = self.iicd(name, n)
                peers = [self.peer(name, f"forest{wide} {labels}") for wide in ("", " wide")]
                if not found or not all(peers):
                    continue
                best = max(peers, key=np.median)
                mine, bar = np.median(found), np.median(best)
                yield [name, f"{n}", f"{labels}", f"{mine:.3f}",
                       *(self.text(peer) for peer in peers), f"{mine - bar:+.3f}",
                       f"{mine / bar:.3f}", f"{sum(value >= bar for value in found)}",
                       "met" if mine >= bar else "missed"]

    def ceilings(self):
        yield ["data", f"iicd, {POINTS} points", f"forest, {POINTS} labels", "forest, 7 × 7",
               "ceiling", "largest class"]
        for name in self.sets:
            tables = self.tables(name, CLICKS[0])
            sizes = [[sum(row.values()) for row in table.values()] for table in tables]
            yield [name, self.text(self.iicd(name, "points")),
                   self.text(self.peer(name, f"forest {POINTS}")),
                   self.text(self.peer(name, f"forest wide {POINTS}")),
                   self.text(self.peer(name, "ceiling")),
                   self.median([max(some) / sum(some) for some in sizes])]

    def classes(self):
        """How much of each class is found, and how often it has no name at all."""
        yield ["data", "class", "share"] + [
            f"{what}, {n}" for n in CLICKS for what in ("found", "right", "unnamed")]
        for name in self.sets:
            first = self.tables(name, CLICKS[0])
            for true in sorted(first[0] if first else []):
                shares = [sum(table[true].values()) / sum(sum(row.values()) for row in table.values())
                          for table in first]
                row = [name, true, self.median(shares)]
                for n in CLICKS:
                    tables = self.tables(name, n)
                    given = [sum(r.get(true, 0) for r in table.values()) for table in tables]
                    hits = [table[true].get(true, 0) for table in tables]
                    row += [self.median([hit / sum(table[true].values())
                                         for hit, table in zip(hits, tables)]),
                            self.median([hit / count for hit, count in zip(hits, given) if count]),
                            f"{given.count(0)}"]
                yield row

    def mistakes(self, most=4):
        """The largest shares of all pixels that were given one wrong name."""
        yield ["data", "clicks", "true", "given", "share"]
        for name in self.sets:
            for n in BARS:
                shares = collections.defaultdict(list)
                for table in self.tables(name, n):
                    total = sum(sum(row.values()) for row in table.values())
                    for true, row in table.items():
                        for given, count in row.items():
                            if given != true:
                                shares[true, given].append(count / total)
                count = len(self.tables(name, n))
                means = {pair: math.fsum(found) / count for pair, found in shares.items()}
                for pair in sorted(means, key=means.get, reverse=True)[:most]:
                    yield [name, f"{n}", pair[0], pair[1] or "none", f"{means[pair]:.3f}"]


def write(scores, binary, version, arguments):
    sets = arguments.sets.split(",")
    tables = Tables(scores, binary, sets, arguments.seeds)
    report = Report()
    report.line(f"$ Benchmarks/naming SCENES --sets {arguments.sets} --seeds {arguments.seeds}")
    report.line(version)

    def add(title, rows, left):
        report.line()
        report.line(title)
        report.line()
        report.table(list(rows), left)

    add("Accuracy: medians of the seeds (quartiles)", tables.clicks(), 1)
    add("The bars", tables.bars(), 1)
    add("With many labels", tables.ceilings(), 1)
    add("Each class: how much of it is found, how much of what has its name is right, and in how many "
        "seeds nothing has its name", tables.classes(), 2)
    add("The largest mistakes, as shares of all pixels (means)", tables.mistakes(), 4)
    if arguments.keep:
        report.keep(arguments.keep)
