"""The data with known truth of quality, checkpoints and panels, and how they are read."""
import dataclasses
import os
import re
import tempfile

import numpy as np

from peerreport import ROOT, output_of

ALL = "sample,naip,zion,nc,slovenia"


@dataclasses.dataclass
class Data:
    """What a model is trained on: a scene with a raster of truth, or a folder of tiles."""
    name: str
    path: str
    truth: str | None
    classes: int

    @property
    def known(self):
        return ["--truth", self.truth] if self.truth else []


def run(*command):
    """The output of a command; one that fails ends the program."""
    return output_of([str(part) for part in command])


def build():
    """The release build of iicd."""
    folder = run("swift", "build", "--package-path", ROOT, "-c", "release", "--show-bin-path")
    return os.path.join(folder.strip(), "iicd")


def load(name, seed, scenes, work, iicd):
    """One of ALL; the sample is the scene of that seed, the others are the same for each."""
    if name == "sample":
        folder = os.path.join(work, f"sample-{seed}")
        if not os.path.exists(os.path.join(folder, "truth.tif")):
            run(iicd, "sample", folder, "--size", 1000, "--seed", seed)
        return Data(name, os.path.join(folder, "scene.tif"), os.path.join(folder, "truth.tif"), 6)
    if name == "naip":
        return Data(name, os.path.join(scenes, "mat_naip_wv"), None, 4)
    if name == "slovenia":
        # Its 0 means “none”, but the file does not say so.
        truth = os.path.join(work, "slovenia-truth.tif")
        run("gdal_translate", "-q", "-a_nodata", 0, os.path.join(scenes, "slovenia_s2", "lulc.tif"),
            truth)
        return Data(name, os.path.join(scenes, "slovenia_s2", "date3_rgbn.tif"), truth, 5)
    folder, scene, truth, classes = {
        "zion": ("zion", "zion_l8_rgbn_u16.tif", "zion_nlcd8.tif", 8),
        "nc": ("nc_landsat7", "nc_l7_rgbn_u8.tif", "nc_landclass96.tif", 7),
    }[name]
    return Data(name, os.path.join(scenes, folder, scene), os.path.join(scenes, folder, truth),
                classes)


def raster(path):
    """(bands, rows, columns) of a raster, and which of its pixels have data."""
    with tempfile.TemporaryDirectory() as folder:
        raw = os.path.join(folder, "raw")
        run("gdal_translate", "-q", "-of", "ENVI", "-co", "INTERLEAVE=BSQ", path, raw)
        with open(raw + ".hdr") as file:
            header = file.read()
        entry = dict(re.findall(r"^([a-z ]+?)\s*=\s*([^\s{]+)", header, re.M))
        kind = {1: "u1", 2: "i2", 3: "i4", 4: "f4", 5: "f8", 12: "u2", 13: "u4"}[
            int(entry["data type"])]
        shape = [int(entry[key]) for key in ("bands", "lines", "samples")]
        values = np.fromfile(raw, kind).reshape(shape)
    nodata = entry.get("data ignore value")
    return values, (values != float(nodata)).all(0) if nodata else np.ones(shape[1:], bool)


def truth_of(path):
    """(rows, columns) of true classes, -1 where there is none."""
    values, valid = raster(path)
    return np.where(valid & (values[0] != 255), values[0].astype(int), -1)
