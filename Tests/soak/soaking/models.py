"""The base scene in all sample types, and a model for each, made once by the program itself."""
import array
import os
import sys
import threading

from soaking.programs import MIB, Trouble, run, tool
from soaking.rasters import CODES, GDAL_TYPES, SIZES, raw_band, read, write_vrt

SIDE = 320
ROLES = ["red", "green", "blue", "infrared"]
LIMIT = 256 * MIB


class Base:
    """Samples and models of every type, in a folder.

    The other types have the 16-bit sample's values: int16 less 1000, so that some are negative and
    some 0; float32 as reflectances, some below 0 as well.
    """

    def __init__(self, program, folder, steps=20):
        self.program = program
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.steps = steps
        self.lock = threading.Lock()
        self.planes = {}
        self.models = {}

    def prepare(self, name):
        """Makes what the type `name` needs."""
        if name in self.models:
            return
        with self.lock:
            self.planes[name] = self.samples(name)
        self.models[name] = self.train(name)

    def samples(self, name):
        source = os.path.join(self.folder, "sample8" if name == "uint8" else "sample16")
        if not os.path.exists(source):
            self.call("sample", source, "--size", str(SIDE), "--seed", "11",
                      "--dtype", "uint8" if name == "uint8" else "uint16")
        planes = read(os.path.join(source, "scene.tif"), [1, 2, 3, 4], self.folder, f"raw-{name}")
        if name in ("uint8", "uint16"):
            return planes
        changed = []
        for plane in planes:
            values = array.array("H", plane)
            if sys.byteorder == "big":
                values.byteswap()
            if name == "int16":
                values = array.array("h", [value - 1000 for value in values])
            else:
                values = array.array("f", [value / 10000 - 0.05 for value in values])
            changed.append(values.tobytes())
        return changed

    def train(self, name):
        """A few steps are enough: the classes must be several, not good ones."""
        model = os.path.join(self.folder, f"{name}.safetensors")
        if os.path.exists(model):
            return model
        scene = os.path.join(self.folder, f"train-{name}.tif")
        write_scene(scene, SIDE, SIDE, name, self.planes[name], self.folder)
        self.call("train", scene, "-o", model, "--steps", str(self.steps), "--crop", "64",
                  "--batch", "6", "--subheads-a", "1", "--subheads-b", "2", "--seed", "4",
                  "--threads", "1", "--memory", "1GiB", "--overwrite")
        return model

    def call(self, *arguments):
        ended = run([self.program, *arguments], seconds=600)
        if ended.code:
            raise Trouble(f"{ended.line}\n  ended with {ended.code}: {ended.words}")

    def segment(self, name, scene, output, *flags, memory=LIMIT, threads=1, seconds=60):
        """Maps `scene`; the end is the caller's to judge."""
        temporary = os.path.join(os.path.dirname(output) or ".", "..", "temporary")
        os.makedirs(temporary, exist_ok=True)
        return run([self.program, "segment", scene, "-m", self.models[name], "-o", output,
                    "--memory", f"{memory // MIB}MiB", "--threads", str(threads), *flags],
                   seconds=seconds, environment={"TMPDIR": os.path.abspath(temporary)})


def write_scene(path, width, height, name, planes, work, mask=None, gdal_type=None):
    """Writes the plain form of a scene: four named bands, not compressed, mask inside if any."""
    data_type = gdal_type or GDAL_TYPES[name]
    raw = os.path.join(work, os.path.basename(path) + ".raw")
    with open(raw, "wb") as file:
        for plane in planes:
            file.write(plane)
    bands = [{"source": raw_band(raw, SIZES[data_type], width, height, index), "type": data_type,
              "raw": True, "colour": colour, "description": role}
             for index, (role, colour) in enumerate(
                 zip(ROLES, ("Red", "Green", "Blue", "Undefined")))]
    mask_band = None
    if mask is not None:
        with open(raw + ".mask", "wb") as file:
            file.write(mask)
        mask_band = {"source": raw_band(raw + ".mask", 1, width, height, 0), "type": "Byte",
                     "raw": True}
    write_vrt(raw + ".vrt", width, height, bands, mask=mask_band)
    tool("gdal_translate", "-q", "--config", "GDAL_TIFF_INTERNAL_MASK", "YES", raw + ".vrt", path)


def value_bytes(gdal_type, value):
    """One sample as it lies in a raw file."""
    item = array.array(CODES[gdal_type], [value])
    if sys.byteorder == "big":
        item.byteswap()
    return item.tobytes()
