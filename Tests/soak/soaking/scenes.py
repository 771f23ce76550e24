"""Makes the scene that a combination describes, with GDAL's tools."""
import dataclasses
import os
import shutil

from soaking.cases import IS_VRT
from soaking.creation import options
from soaking.places import place
from soaking.programs import tool
from soaking.rasters import raw_band, simple_sources, write_vrt
from soaking.samples import PLANES, Samples


@dataclasses.dataclass
class Scene:
    path: str
    folder: str  # all its files, and no others
    order: list  # the numbers of its red, green, blue and infrared band
    alpha: int | None


class Maker:
    """Makes one scene, in a folder of its own; `work` beside it has what is needed meanwhile."""

    def __init__(self, case, planes, folder):
        self.case = case
        self.samples = Samples(case, planes)
        self.width, self.height = self.samples.width, self.samples.height
        self.bands = self.samples.bands
        self.place = place(case["place"])
        self.work = os.path.join(folder, "work")
        self.folder = os.path.join(folder, "scene")
        for name in (self.work, self.folder):
            os.makedirs(name)

    def make(self):
        container = self.case["container"]
        if container in IS_VRT:
            path = os.path.join(self.folder, "scene.vrt")
            self.write_samples()
            if container == "separate":
                self.make_separate(path)
            else:
                self.make_mosaic(path, pieces=1 if container == "vrt" else 2)
        else:
            path = os.path.join(self.folder, "scene.tif")
            self.write_samples()
            self.translate(self.source("all"), path, len(self.bands), container)
        if self.case["mask"] == "msk":
            write_mask(self.samples.mask, self, path + ".msk")
        roles = [role for role, _, _ in self.bands]
        order = [roles.index(role) + 1 for role in PLANES if role in roles]
        alpha = next((index + 1 for index, band in enumerate(self.bands) if band[1] == "Alpha"),
                     None)
        return Scene(path, self.folder, order, alpha)

    # What gdal_translate reads.

    def write_samples(self):
        self.raw = os.path.join(self.work, "samples.raw")
        with open(self.raw, "wb") as file:
            file.writelines(self.samples.planes)
        if self.samples.mask is not None:
            with open(self.raw + ".mask", "wb") as file:
                file.write(self.samples.mask)

    def source(self, name, numbers=None, whole=True, mask=True):
        """A VRT file of raw samples: of these bands (from 0; all unless given), and if `whole`
        with all that the scene says of itself."""
        bands = []
        for index in range(len(self.bands)) if numbers is None else numbers:
            source = raw_band(self.raw, self.samples.size, self.width, self.height, index)
            words = self.words(index) if whole else {}
            bands.append({"source": source, "type": self.samples.type, "raw": True, **words})
        inside = mask and self.case["mask"] == "internal"
        path = os.path.join(self.work, name + ".vrt")
        write_vrt(path, self.width, self.height, bands, self.place if whole else None,
                  self.items if whole else None, self.raw_mask() if inside else None)
        return path

    def raw_mask(self):
        return {"source": raw_band(self.raw + ".mask", 1, self.width, self.height, 0),
                "type": "Byte", "raw": True}

    @property
    def items(self):
        """The scene's metadata items."""
        items = {}
        if self.case["nodata"] == "values":
            items["NODATA_VALUES"] = " ".join(str(value) for value in self.samples.nodata())
        return {**items, **self.case.get("items", {})}

    def words(self, index):
        """What the file says of a band."""
        _, colour, description = self.bands[index]
        nodata = {"none": None, "values": None, "lowest": "-3.40282e+38"}.get(
            self.case["nodata"], self.case["nodata"])
        if "nodata_of_bands" in self.case:
            nodata = self.case["nodata_of_bands"][index]
        words = {"nodata": nodata, "colour": colour, "description": description}
        if "items_of_bands" in self.case:
            words.update(items=self.case["items_of_bands"][index], domain="IMAGERY")
        return {**words, **self.case.get("words", {})}

    # Files.

    def translate(self, source, path, bands, container, extra=()):
        wanted = options(self.case, container, self.height, bands)
        tool("gdal_translate", "-q", "-of", "COG" if container == "cog" else "GTiff",
             "--config", "GDAL_TIFF_INTERNAL_MASK", "YES",
             *[word for option in wanted for word in ("-co", option)], *extra, source, path)

    def part(self, name, numbers=None, window=None, mask=True):
        path = os.path.join(self.folder, name)
        extra = ["-srcwin", *map(str, window)] if window else []
        source = self.source(name, numbers, whole=False, mask=mask)
        self.translate(source, path, len(numbers or self.bands), "part", extra)
        return path

    def make_mosaic(self, path, pieces):
        """A VRT of one file, or of two side by side."""
        middle = self.width // 2 if pieces == 2 else self.width
        cuts = [(0, middle), (middle, self.width - middle)][:pieces]
        parts = [(self.part(f"part{x}.tif", window=(x, 0, width, self.height)), x, width)
                 for x, width in cuts]
        sources = [[(name, index + 1, x, width) for name, x, width in parts]
                   for index in range(len(self.bands))]
        self.finish(path, sources, [(name, "mask,1", x, width) for name, x, width in parts])

    def make_separate(self, path):
        """A VRT of one file a band."""
        sources = [[(self.part(f"band{index + 1}.tif", [index], mask=False), 1, 0, self.width)]
                   for index in range(len(self.bands))]
        mask = os.path.join(self.folder, "mask.tif")
        if self.case["mask"] == "internal":
            source = os.path.join(self.work, "mask.vrt")
            write_vrt(source, self.width, self.height, [self.raw_mask()])
            tool("gdal_translate", "-q", "-co", "COMPRESS=DEFLATE", source, mask)
        self.finish(path, sources, [(mask, 1, 0, self.width)])

    def finish(self, path, sources, masks):
        bands = [{"source": simple_sources(parts, self.height), "type": self.samples.type,
                  **self.words(index)} for index, parts in enumerate(sources)]
        mask = None
        if self.case["mask"] == "internal":
            mask = {"source": simple_sources(masks, self.height), "type": "Byte"}
        write_vrt(path, self.width, self.height, bands, self.place, self.items, mask)


def write_mask(mask, maker, path, width=None, height=None):
    """Masks beside a scene: one for all bands, or one for each."""
    width, height = width or maker.width, height or maker.height
    raw = os.path.join(maker.work, "msk.raw")
    with open(raw, "wb") as file:
        file.write(mask)
    count = len(mask) // (width * height)
    write_vrt(raw + ".vrt", width, height, [
        {"source": raw_band(raw, 1, width, height, index), "type": "Byte", "raw": True}
        for index in range(count)])
    flags = 2 if count == 1 else 0  # GDAL's GMF_PER_DATASET
    made = os.path.join(maker.work, "msk.tif")
    tool("gdal_translate", "-q", "-of", "GTiff", "-co", "COMPRESS=DEFLATE",
         *[word for band in range(1, len(maker.bands) + 1)
           for word in ("-mo", f"INTERNAL_MASK_FLAGS_{band}={flags}")], raw + ".vrt", made)
    shutil.move(made, path)
