"""Many scenes of one model, each with samples of its own, made without GDAL."""
import os
import random

from soaking.models import Base, write_scene
from soaking.programs import tool

TYPE = "uint8"


class Herd:
    """Scenes of a few sizes, cut from the base scene."""

    def __init__(self, program, folder):
        self.base = Base(program, folder, steps=8)
        self.base.prepare(TYPE)
        self.model = self.base.models[TYPE]
        self.folder = folder
        self.small = self.scene(64)

    def other_model(self):
        """Another model of the same bands."""
        path = os.path.join(self.folder, "other.safetensors")
        if not os.path.exists(path):
            self.base.call(
                "train", os.path.join(self.folder, f"train-{TYPE}.tif"), "-o", path, "--steps", "6",
                "--crop", "64", "--batch", "6", "--subheads-a", "1", "--subheads-b", "2", "--seed",
                "9", "--threads", "1", "--memory", "1GiB", "--overwrite")
        return path

    def scene(self, side):
        """The bytes of a scene of `side` × `side` pixels, not compressed, samples last."""
        path = os.path.join(self.folder, f"square{side}.tif")
        if not os.path.exists(path):
            whole = os.path.join(self.folder, "whole.tif")
            if not os.path.exists(whole):
                write_scene(whole, 320, 320, TYPE, self.base.planes[TYPE], self.folder)
            tool("gdal_translate", "-q", "-co", "ALPHA=NO", "-outsize", str(side), str(side), whole,
                 path)
        with open(path, "rb") as file:
            return file.read()

    @staticmethod
    def another(data, number):
        """The same scene with a few other samples, so that its hash is its own."""
        changed = bytearray(data)
        changed[-64:] = random.Random(f"scene {number}").randbytes(64)
        return bytes(changed)
