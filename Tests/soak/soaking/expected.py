"""What the map of a scene must be, by GDAL's own reading of the scene and a plain twin of it.

The twin has the samples that gdal_translate reads, in a GeoTIFF that is not compressed, and a mask
with what is valid. Its map is the program's too: what is tested is that no form of a scene changes
the map. Which pixels are valid is GDAL's own account, by these rules:

- A pixel is invalid where GDAL's mask of one of the four bands is 0.
- A nodata value that data also take (0, and 255 in uint8) counts only where all four bands have it.
- Opacity 0 is a hole, whatever else there is; so is a value that is not finite.
"""
import array
import os
import sys

from soaking.models import write_scene
from soaking.rasters import CODES, info, read

NODATA = 255
TO_MASK = bytes([0]) + bytes([255]) * 255


class Reading:
    """A scene as GDAL reads it: samples of the four bands, valid marks, what gdalinfo tells."""

    def __init__(self, path, order, alpha, work):
        self.info = info(path)
        self.width, self.height = self.info["size"]
        self.path, self.order, self.alpha, self.work = path, order, alpha, work
        bands = self.info["bands"]
        self.type = bands[order[0] - 1]["type"]
        self.planes = read(path, order, work, "twin")
        self.valid = self.judge([bands[number - 1] for number in order])

    def judge(self, bands):
        """Which pixels are valid: 255, else 0; in rows."""
        size = self.width * self.height
        # gdalinfo tells of a mask, unless it is made of the band's nodata value or all is valid.
        masked = ["mask" in band for band in bands]
        whole = (1 << 8 * size) - 1
        marks = whole
        if any(masked) or any("noDataValue" in band for band in bands):
            names = [f"mask,{number}" for number in self.order]
            masks = [int.from_bytes(mask.translate(TO_MASK), "little")
                     for mask in read(self.path, names, self.work, "masks")]
            weak = [not mask and self.is_data(band) for mask, band in zip(masked, bands)]
            if all(weak):
                marks = 0
                for mask in masks:
                    marks |= mask
            else:
                for mask, is_weak in zip(masks, weak):
                    marks &= whole if is_weak else mask
        if self.alpha:
            marks &= self.opaque(size)
        valid = bytearray(marks.to_bytes(size, "little"))
        if self.type in ("Float32", "Float64"):
            for plane in self.planes:
                for index, value in enumerate(numbers(plane, self.type)):
                    if value - value != 0:  # NaN or infinite
                        valid[index] = 0
        return bytes(valid)

    def is_data(self, band):
        """Whether the nodata value is one that data take too."""
        value = band.get("noDataValue")
        return value == 0 or value == 255 and band["type"] == "Byte"

    def opaque(self, size):
        kind = self.info["bands"][self.alpha - 1]["type"]
        values = numbers(read(self.path, [self.alpha], self.work, "alpha")[0], kind)
        return int.from_bytes(bytes(255 if value else 0 for value in values), "little")

    def write_twin(self, path):
        mask = None if self.valid == b"\xff" * len(self.valid) else self.valid
        write_scene(path, self.width, self.height, None, self.planes, self.work, mask, self.type)


def numbers(plane, kind):
    values = array.array(CODES[kind], plane)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def labels(path, work, name="labels"):
    return read(path, [1], work, name)[0]


def part(rows, width, window):
    """A window (x, y, width, height) of what lies in rows of `width`, a byte a pixel."""
    x, y, columns, lines = window
    return b"".join(rows[row * width + x:row * width + x + columns]
                    for row in range(y, y + lines))


def difference(made, twin, valid):
    """In what a map's labels are wrong, as words; None if in nothing.

    - Parameters are bytes in rows: labels, the labels of the twin's map, valid marks (255 or 0).
    """
    if len(made) != len(valid):
        return f"it has {len(made)} pixels instead of {len(valid)}"
    holes = mapped = other = 0
    first = None
    if made != twin or any(mark == 0 and label != NODATA for mark, label in zip(valid, made)):
        for index, (label, wanted, mark) in enumerate(zip(made, twin, valid)):
            if mark == 0 and label != NODATA:
                mapped += 1
            elif mark and label == NODATA:
                holes += 1
            elif mark and label != wanted:
                other += 1
            else:
                continue
            first = index if first is None else first
    if first is None:
        return None
    counts = [(holes, "are holes and should not be"), (mapped, "are mapped and hold no data"),
              (other, "have another class")]
    words = "; ".join(f"{count} pixels {text}" for count, text in counts if count)
    return f"{words} (of {len(valid)}, the first is number {first})"


def twin_difference(twin, valid):
    """Whether the twin's own map shows exactly its valid pixels."""
    for label, mark in zip(twin, valid):
        if (label == NODATA) != (mark == 0):
            return "the plain twin's map has holes elsewhere than its mask"
    return None


def stray(folder, wanted):
    """What lies in a folder of outputs beside what should, as words; empty if nothing."""
    found = set(os.listdir(folder)) if os.path.isdir(folder) else set()
    words = [f"{name} is missing" for name in sorted(set(wanted) - found)]
    return ", ".join(words + [f"{name} is left" for name in sorted(found - set(wanted))])
