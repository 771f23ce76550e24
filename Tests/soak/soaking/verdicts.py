"""Whether the program did right by a damaged file: a clear error, or a right map."""
import json
import os

from soaking import coglayout, expected, mat5, places
from soaking.programs import MIB, Trouble, changes, complaint, contents, excess, run, tool
from soaking.rasters import info, read

SECONDS = 20
LIMIT = 256 * MIB
# A damaged file may claim any size; those that are mapped must not be absurd.
PIXELS = 4_000_000
TRAIN = ["--steps", "1", "--crop", "40", "--batch", "2", "--subheads-a", "1", "--subheads-b", "1",
         "--no-refine", "--threads", "1", "--memory", f"{LIMIT // MIB}MiB"]


def patient(command, temporary):
    """Runs a program, and once more if it took too long: the machine may have been busy."""
    environment = {"TMPDIR": temporary}
    ended = run(command, SECONDS, environment=environment)
    return run(command, SECONDS, environment=environment) if ended.timed_out else ended


class Judge:
    """Runs the program on one damaged case, whose files lie in `folder`/scene."""

    def __init__(self, base, victim, folder):
        self.base, self.victim = base, victim
        self.scene = os.path.join(folder, "scene")
        self.main = os.path.join(self.scene, victim.main) if victim.main else self.scene
        self.target = os.path.join(self.scene, victim.target)
        self.out = os.path.join(folder, "out")
        self.work = os.path.join(folder, "work")
        self.temporary = os.path.join(folder, "temporary")
        for name in (self.out, self.work, self.temporary):
            os.makedirs(name)
        self.model = base.models.get(victim.type)
        if victim.kind == "model":
            self.model = self.target
        self.command = ""

    def judge(self):
        """How it ended (a word for the table), and what is wrong with it (None if nothing)."""
        before = contents(self.scene)
        is_tile = self.victim.type == "tiles"
        ended = self.train(self.scene, self.out) if is_tile else self.segment()
        self.command = ended.line
        wrong = excess(ended, LIMIT, SECONDS)
        if not wrong and changes(before, contents(self.scene)):
            wrong = f"beside the scene: {changes(before, contents(self.scene))}"
        if not wrong and os.listdir(self.temporary):
            wrong = f"left in TMPDIR: {os.listdir(self.temporary)}"
        if not wrong and not is_tile:
            wrong = self.wrong_inspection(ended)
        if ended.code:
            return f"exit {ended.code}", (wrong or complaint(ended)
                                          or expected.stray(self.out, []) or None)
        wrong = wrong or (self.wrong_training() if is_tile else self.wrong_map(ended))
        return "model" if is_tile else "map", wrong

    def segment(self):
        return patient([self.base.program, "segment", self.main, "-m", self.model, "-o",
                        os.path.join(self.out, "map.tif"), "--threads", "1", "--memory",
                        f"{LIMIT // MIB}MiB"], self.temporary)

    def train(self, folder, out):
        return patient([self.base.program, "train", folder, "-o", os.path.join(out, "model"),
                        *TRAIN], self.temporary)

    def wrong_inspection(self, segmented):
        """What is wrong with how inspect ends, which tells before what segment does."""
        ended = self.inspect()
        wrong = excess(ended, LIMIT, SECONDS)
        if wrong or ended.code:
            wrong = wrong or complaint(ended)
            return wrong and f"inspect: {wrong}"
        if segmented.code == 0 and not json.loads(ended.out)["fit"]["runs"]:
            return "inspect says that it would not run, and it does"
        return None

    def inspect(self):
        return patient([self.base.program, "inspect", self.main, "-m", self.model, "--json"],
                       self.temporary)

    # Rasters.

    def wrong_map(self, ended):
        path = os.path.join(self.out, "map.tif")
        wrong = expected.stray(self.out, ["map.tif", "map.tif.aux.xml"])
        if wrong:
            return wrong
        order, alpha = self.bands()
        if self.victim.kind == "model":  # its weights may be others now, and are nowhere else
            return coglayout.fault(path)
        try:
            width, height = info(self.main)["size"]
            if width * height > PIXELS:
                return f"a map of {width} × {height} pixels"
            reading = expected.Reading(self.main, order, alpha, self.work)
        except Trouble as error:
            return f"a map of what GDAL cannot read: {error}"
        return (self.lost(reading, ended) or self.wrong_labels(reading, path)
                or places.difference(reading.info, info(path), self.copied)
                or coglayout.fault(path))

    def bands(self):
        """The bands that the program itself finds, and the scene's opacity."""
        ended = self.inspect()
        if ended.code:
            raise Trouble(f"segment made a map, and inspect ended with {ended.code}: {ended.words}")
        told = json.loads(ended.out)
        alpha = [number for number, band in enumerate(told["bands"], 1) if band["alpha"]]
        return told["fit"]["bands"], alpha[0] if alpha else None

    def lost(self, reading, ended):
        """What lies beside the scene must count, or be missed in words."""
        if self.victim.kind == "msk":
            flags = reading.info["bands"][reading.order[0] - 1].get("mask", {}).get("flags")
            if not flags or "PER_DATASET" not in flags:
                return "a map without the mask that lies beside the scene"
        if self.victim.kind == "aux":
            with open(self.target, "rb") as file:
                whole = b"</PAMDataset>" in file.read()
            if not whole and "aux.xml" not in ended.err:
                return "not a word of the .aux.xml that is cut off"
        return None

    def wrong_labels(self, reading, path):
        twin = os.path.join(self.work, "twin.tif")
        twin_map = os.path.join(self.work, "twinmap.tif")
        reading.write_twin(twin)
        ended = self.base.segment(self.victim.type, twin, twin_map, "--bands", "1,2,3,4")
        if ended.code:
            return f"a map, and none of the plain twin: {ended.words}"
        return expected.difference(expected.labels(path, self.work),
                                   expected.labels(twin_map, self.work), reading.valid)

    def copied(self):
        copy = os.path.join(self.work, "copy.tif")
        tool("gdal_translate", "-q", "-b", "1", self.main, copy)
        return info(copy)

    # Tiles.

    def wrong_training(self):
        wrong = expected.stray(self.out, ["model", "model.checkpoint", "model.run"])
        if wrong:
            return wrong
        try:
            tile = self.read_73() if self.victim.kind == "mat73" else self.read_5()
        except mat5.Bad as error:
            return f"trained, though {error}"
        except mat5.Unclear:
            return None
        twin, out = os.path.join(self.work, "twin"), os.path.join(self.work, "out")
        os.makedirs(os.path.join(twin, "imgs"))
        os.makedirs(out)
        with open(os.path.join(twin, "imgs", "0.mat"), "wb") as file:
            file.write(mat5.write(tile))
        ended = self.train(twin, out)
        if ended.code:
            return f"trained, and not on the plain twin: {ended.words}"
        with open(os.path.join(self.out, "model"), "rb") as one, \
                open(os.path.join(out, "model"), "rb") as other:
            return None if one.read() == other.read() else "another model than of the plain twin"

    def read_5(self):
        with open(self.target, "rb") as file:
            return mat5.read(file.read())

    def read_73(self):
        """As GDAL reads it: a band is a plane of the last index, its rows are columns."""
        name = f'HDF5:"{self.target}"://img'
        try:
            found = info(name)
            bands = found["bands"]
            if any(band["type"] != "Byte" for band in bands):
                raise mat5.Unclear("its samples are of another type")
            data = b"".join(self.read_bands(name, len(bands)))
        except Trouble as error:
            raise mat5.Bad(f"GDAL cannot read it: {error}") from error
        height, width = found["size"]
        return mat5.Tile(height, width, len(bands), data)

    def read_bands(self, name, count):
        return read(name, list(range(1, count + 1)), self.work)
