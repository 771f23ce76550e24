"""What Benchmarks/naming measures: maps of named classes."""
import json
import os
import shutil
import sys

import numpy as np

from qualitydata import raster, run


def write_points(data, parts, count, seed, path):
    """Writes random pixels with truth of all scenes, and their classes, as a CSV of points."""
    names = {value: name for name, value in data.names().items()}
    known = np.concatenate([
        np.stack([np.full(rows.size, index), rows, columns, truth[rows, columns]], 1)
        for index, (_, _, truth) in enumerate(parts) for rows, columns in [np.nonzero(truth >= 0)]])
    some = np.random.default_rng(seed).permutation(len(known))[:count]
    transforms = [json.loads(run("gdalinfo", "-json", scene)).get(
        "geoTransform", [0, 1, 0, 0, 0, -1]) for scene in data.scenes]
    with open(path, "w", encoding="utf-8") as file:
        file.write("WKT,class,scene\n")
        for index, y, x, value in known[some]:
            x0, dx, _, y0, _, dy = transforms[index]
            file.write(f'"POINT ({x0 + dx * (x + .5):.3f} {y0 + dy * (y + .5):.3f})",'
                       f'{names[value]},"{data.scenes[index]}"\n')


def ours(iicd, data, parts, model, flags, work, name):
    """Names classes and maps with them: {true class: {given class: pixels}}, “” where none is given."""
    named = os.path.join(work, f"{name}.safetensors")
    maps = os.path.join(work, name)
    os.makedirs(maps, exist_ok=True)
    run(iicd, "name", model, *data.scenes, "-o", named, "--overwrite", "--threads", 1, *flags)
    legend = json.loads(run(iicd, "inspect", named, "--json"))["legend"]["entries"]
    run(iicd, "segment", *data.scenes, "-m", named, "-o", maps, "--threads", 1)
    names = {value: name for name, value in data.names().items()}
    table = {}
    for scene, (_, _, truth) in zip(data.scenes, parts):
        found = raster(os.path.join(maps, os.path.basename(scene)))[0][0].astype(int)
        known = truth >= 0
        pairs = np.bincount(truth[known] * 256 + found[known], minlength=256 * 256)
        for pair in np.flatnonzero(pairs):
            true, label = names[pair // 256], pair % 256
            row = table.setdefault(true, {})
            given = legend[label]["name"] if label < len(legend) else ""
            row[given] = row.get(given, 0) + int(pairs[pair])
    shutil.rmtree(maps)
    unknown = {entry["name"] for entry in legend} - set(data.names())
    if unknown:
        sys.exit(f"naming: classes of {named} that the truth does not have: {unknown}")
    return table
