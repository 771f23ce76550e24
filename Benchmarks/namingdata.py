"""The scenes of Benchmarks/naming, their truth, and what a class is called."""
import dataclasses
import glob
import json
import os

import numpy as np

from qualitydata import load, raster, run, truth_of

# Of NAIP's truth: 5 and 6 (roads and other impervious ground) are few and become barren, as they are
# in the tiles that models are trained on.
NAIP = {1: 1, 2: 2, 3: 3, 4: 4, 5: 4, 6: 4}


@dataclasses.dataclass
class Ground:
    """Scenes that are named together, and rasters of their truth."""
    name: str
    scenes: list[str]
    truths: list[str]
    # What quality's trainings and forests are given.
    quality: object

    def names(self):
        """Each class's value in the truth by its name: of its categories, else the number."""
        about = json.loads(run("gdalinfo", "-json", self.truths[0]))
        categories = about["bands"][0].get("categories", [])
        return {categories[v] if v < len(categories) and categories[v] else f"{v}": v
                for v in range(255)}

    def read(self):
        """(bands, which pixels have data, truth or -1) of each scene."""
        parts = []
        for scene, truth in zip(self.scenes, self.truths):
            bands, valid = raster(scene)
            parts.append((bands, valid, np.where(valid, truth_of(truth), -1)))
        return parts


def ground(name, seed, scenes, work, iicd):
    """One of qualitydata's ALL; the sample is the scene of that seed."""
    data = load(name, seed, scenes, work, iicd)
    if name != "naip":
        return Ground(name, [data.path], [data.truth], data)
    # Two dates of each place, which are neighbours.
    truths, found = [], []
    for path in sorted(glob.glob(os.path.join(scenes, "naip_wv", "*_lc.tif"))):
        mended = os.path.join(work, os.path.basename(path))
        if not os.path.exists(mended):
            mend(path, mended)
        found += [path.replace("_lc.tif", f"_{year}.tif") for year in (2011, 2014)]
        truths += [mended, mended]
    return Ground(name, found, truths, data)


def mend(path, mended):
    """Writes NAIP's truth with the values of NAIP, 0 where there is none."""
    values = raster(path)[0][0]
    known = np.zeros(256, "u1")
    for old, new in NAIP.items():
        known[old] = new
    raw = mended + ".raw"
    known[values].tofile(raw)
    with open(raw + ".hdr", "w") as file:
        rows, columns = values.shape
        file.write(f"ENVI\nsamples = {columns}\nlines = {rows}\nbands = 1\ndata type = 1\n"
                   "interleave = bsq\nheader offset = 0\nbyte order = 0\n")
    run("gdal_translate", "-q", "-a_nodata", 0, raw, mended)
