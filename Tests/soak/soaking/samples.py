"""What the pixels of a scene hold: a piece of the base scene, with planted holes."""
import math
import random

from soaking.models import SIDE, value_bytes
from soaking.rasters import GDAL_TYPES, SIZES

LOWEST = -3.4028234663852886e38  # of float32
# By name: what each band is (a role, or opacity), its colour, and its description.
BANDS = {
    "rgbn": [("red", "Red", None), ("green", "Green", None), ("blue", "Blue", None),
             ("infrared", "Undefined", None)],
    "plain": [("red", "Gray", None), ("green", "Undefined", None), ("blue", "Undefined", None),
              ("infrared", "Undefined", None)],
    "nir1": [("infrared", "Undefined", "infrared"), ("red", "Undefined", "red"),
             ("green", "Undefined", "green"), ("blue", "Undefined", "blue")],
    "short": [("blue", "Undefined", "B2"), ("green", "Undefined", "B3"),
              ("red", "Undefined", "B4"), ("infrared", "Undefined", "B8")],
    "names6": [("blue", "Undefined", "B02"), ("green", "Undefined", "B03"),
               ("red", "Undefined", "B04"), ("other", "Undefined", "B05"),
               ("infrared", "Undefined", "B08"), ("other", "Undefined", "B11")],
}
BANDS["alpha5"] = [*BANDS["rgbn"], ("alpha", "Alpha", None)]
BANDS["alpha4"] = [*BANDS["rgbn"][:3], ("alpha", "Alpha", None), BANDS["rgbn"][3]]
PLANES = {"red": 0, "green": 1, "blue": 2, "infrared": 3}


class Samples:
    """The planes of a case, and its mask if it has one; the same for the same number."""

    def __init__(self, case, planes):
        self.case = case
        self.type = GDAL_TYPES[case["type"]]
        self.size = SIZES[self.type]
        self.random = random.Random(f"samples {case['number']}")
        self.width, self.height = case.get("size") or (
            2 * self.random.randrange(45, 115) + 1, 2 * self.random.randrange(45, 115) + 1)
        self.bands = case.get("described") or BANDS[case["bands"]]
        pieces = self.cut(planes)
        # Of no role: the green band with one sample moved, which would make another map.
        other = pieces[1][self.size:] + pieces[1][:self.size]
        self.planes = [self.opacity() if role == "alpha" else bytearray(
            pieces[PLANES[role]] if role in PLANES else other) for role, _, _ in self.bands]
        self.mask = None
        self.plant()

    def cut(self, planes):
        left = self.random.randrange(SIDE - self.width + 1)
        top = self.random.randrange(SIDE - self.height + 1)
        rows = [((top + row) * SIDE + left) * self.size for row in range(self.height)]
        return [b"".join(plane[at:at + self.width * self.size] for at in rows) for plane in planes]

    def rectangle(self, share=0.3):
        """Columns and rows of a random rectangle of up to this share of each side."""
        width = max(1, int(self.width * self.random.uniform(share / 3, share)))
        height = max(1, int(self.height * self.random.uniform(share / 3, share)))
        left = self.random.randrange(self.width - width + 1)
        top = self.random.randrange(self.height - height + 1)
        return range(left, left + width), range(top, top + height)

    def dots(self):
        """Some single pixels; in a scene of a few pixels, none."""
        for _ in range(6 if self.width * self.height > 100 else 0):
            x, y = self.random.randrange(self.width), self.random.randrange(self.height)
            yield range(x, x + 1), range(y, y + 1)

    def fill(self, plane, area, value):
        columns, rows = area
        for row in rows:
            at = (row * self.width + columns.start) * len(value)
            plane[at:at + len(columns) * len(value)] = value * len(columns)

    def opacity(self):
        most = {"Byte": 255, "UInt16": 65535, "Int16": 32767, "Float32": 1.0}[self.type]
        plane = bytearray(value_bytes(self.type, most) * (self.width * self.height))
        # Whatever is not 0 is valid, be it little.
        for value in (1, 128):
            self.fill(plane, self.rectangle(), value_bytes(self.type, value))
        whole = (range(self.width), range(self.height))
        for area in [whole] if self.case.get("unseen") else [self.rectangle(), *self.dots()]:
            self.fill(plane, area, value_bytes(self.type, 0))
        return plane

    def nodata(self):
        """The value that is planted in each band; where its type has no such value, 0."""
        name = self.case["nodata"]
        if name == "values":
            return [0 if role == "alpha" else index for index, (role, _, _) in
                    enumerate(self.bands)]
        if "nodata_of_bands" in self.case:
            return [int(text) for text in self.case["nodata_of_bands"]]
        value = {"none": 0, "nan": math.nan, "lowest": LOWEST}.get(name)
        value = int(name) if value is None else value
        if self.type != "Float32":
            least = -32768 if self.type == "Int16" else 0
            value = int(value) if math.isfinite(value) and value >= least else 0
        return [value] * len(self.bands)

    def plant(self):
        """Puts in what decides about holes: all bands of a pixel, one of them, single pixels."""
        values = [value_bytes(self.type, value) for value in self.nodata()]
        data = [index for index, band in enumerate(self.bands) if band[0] != "alpha"]
        together = range(len(self.bands)) if self.case["nodata"] == "values" else data
        for area in [self.rectangle(), *self.dots()]:
            for index in together:
                self.fill(self.planes[index], area, values[index])
        one = self.random.choice(data)
        self.fill(self.planes[one], self.rectangle(0.2), values[one])
        if self.case["mask"] != "none":
            self.mask = self.new_mask()

    def new_mask(self):
        mask = bytearray(b"\xff" * (self.width * self.height))
        for value in (b"\1", b"\x80"):  # valid too
            self.fill(mask, self.rectangle(), value)
        for area in [self.rectangle(), *self.dots()]:
            self.fill(mask, area, b"\0")
        return mask
