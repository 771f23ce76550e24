"""Valid files of every kind, each to be damaged again and again."""
import dataclasses
import os
import shutil

from soaking import damage, damagemat, damagemodel, damagetiff, damagexml, mat5
from soaking.scenes import Maker
from soaking.singles import PLAIN

DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")

PAM = """<PAMDataset>
  <SRS dataAxisToSRSAxisMapping="1,2">EPSG:32633</SRS>
  <GeoTransform>390000.0, 0.3, 0.0, 5820000.0, 0.0, -0.3</GeoTransform>
  <Metadata>
    <MDI key="AREA_OR_POINT">Area</MDI>
    <MDI key="ACQUIRED">2024-06-01</MDI>
  </Metadata>
  <Metadata domain="RPC">
    <MDI key="LINE_OFF">60.5</MDI>
  </Metadata>
  <PAMRasterBand band="1">
    <Description>red</Description>
    <NoDataValue>0</NoDataValue>
    <ColorInterp>Red</ColorInterp>
    <Metadata>
      <MDI key="STATISTICS_MAXIMUM">255</MDI>
    </Metadata>
  </PAMRasterBand>
  <PAMRasterBand band="4">
    <Description>infrared</Description>
    <NoDataValue>0</NoDataValue>
    <Offset>0</Offset>
    <Scale>1</Scale>
    <UnitType>DN</UnitType>
  </PAMRasterBand>
</PAMDataset>
"""


@dataclasses.dataclass
class Victim:
    kind: str
    name: str
    type: str  # of the samples: uint8, …
    folder: str  # the files as they are when valid
    main: str  # names in it
    target: str
    rewrite: object  # damages the structure


# kind, what it is made of, the file that is damaged
RASTERS = [
    ("tiff", "plain", {}, "scene.tif"),
    ("tiff", "deflate", {"compression": "deflate2", "layout": "odd", "nodata": "0"}, "scene.tif"),
    ("tiff", "lzw, a mask inside", {"compression": "lzw", "mask": "internal"}, "scene.tif"),
    ("tiff", "bands apart", {"compression": "packbits", "interleave": "band", "layout": "rows"},
     "scene.tif"),
    ("tiff", "JPEG", {"compression": "jpeg", "layout": "tiles", "interleave": "band"}, "scene.tif"),
    ("tiff", "WebP", {"compression": "webp", "layout": "odd"}, "scene.tif"),
    ("tiff", "ZSTD, 16 bits, opacity", {"compression": "zstd", "type": "uint16",
                                        "bands": "alpha5"}, "scene.tif"),
    ("tiff", "LERC, 32 bits", {"compression": "lerczstd", "type": "float32", "nodata": "-9999",
                               "place": "gcps"}, "scene.tif"),
    ("tiff", "big-endian, LZMA", {"compression": "lzma", "container": "bigendian",
                                  "place": "rpc"}, "scene.tif"),
    ("bigtiff", "deflate", {"compression": "deflate", "container": "bigtiff", "layout": "odd",
                            "mask": "internal"}, "scene.tif"),
    ("bigtiff", "plain", {"container": "bigtiff", "place": "rotated"}, "scene.tif"),
    ("cog", "deflate", {"compression": "deflate", "container": "cog", "layout": "tiles",
                        "size": (283, 157)}, "scene.tif"),
    ("cog", "LZW, a mask inside", {"compression": "lzw", "container": "cog", "layout": "tiles",
                                   "mask": "internal", "size": (151, 261)}, "scene.tif"),
    ("vrt", "of one file", {"container": "vrt", "mask": "internal"}, "scene.vrt"),
    ("vrt", "of two files", {"container": "mosaic", "place": "gcps", "nodata": "0"}, "scene.vrt"),
    ("vrt", "of a file a band", {"container": "separate", "bands": "names6"}, "scene.vrt"),
    ("part", "of a VRT", {"container": "mosaic", "compression": "deflate"}, "part0.tif"),
    ("msk", "beside a GeoTIFF", {"mask": "msk", "compression": "deflate"}, "scene.tif.msk"),
    ("msk", "beside a VRT", {"mask": "msk", "container": "vrt"}, "scene.vrt.msk"),
    ("aux", "beside a GeoTIFF", {"place": "none", "bands": "plain"}, "scene.tif.aux.xml"),
    ("model", "of uint8", {}, "model.safetensors"),
    ("model", "of 16 bits", {"type": "uint16"}, "model.safetensors"),
]
KINDS = ["tiff", "bigtiff", "cog", "vrt", "part", "msk", "aux", "mat5", "mat73", "model"]
# GeoTIFFs are what nearly all scenes are.
WEIGHTS = {"tiff": 3, "bigtiff": 1, "cog": 2, "vrt": 2, "part": 0.5, "msk": 1, "aux": 1, "mat5": 2,
           "mat73": 1.5, "model": 1}


def rasters(base, folder):
    for number, (kind, name, changes, target) in enumerate(RASTERS, 1):
        case = {**PLAIN, "size": (101, 87), **changes, "number": f"victim {number}"}
        base.prepare(case["type"])
        place = os.path.join(folder, f"raster{number}")
        scene = Maker(case, base.planes[case["type"]], place).make()
        shutil.rmtree(os.path.join(place, "work"))
        if kind == "aux":
            with open(os.path.join(scene.folder, target), "w", encoding="utf-8") as file:
                file.write(PAM)
        if kind == "model":
            shutil.copy(base.models[case["type"]], os.path.join(scene.folder, target))
        ways = {".vrt": damagexml, ".xml": damagexml, ".safetensors": damagemodel}.get(
            os.path.splitext(target)[1], damagetiff).rewrite
        yield Victim(kind, name, case["type"], scene.folder, os.path.basename(scene.path), target,
                     ways)


def tiles(folder):
    """Folders of one tile: imgs/0.mat."""
    with open(os.path.join(DATA, "contiguous.mat"), "rb") as file:
        contiguous = file.read()
    with open(os.path.join(DATA, "chunked.mat"), "rb") as file:
        chunked = file.read()
    tile = mat5.Tile(44, 48, 4, data=bytes((at * at // 7 + at // 44) % 251 for at in
                                           range(44 * 48 * 4)))
    for kind, name, data, rewrite in [
            ("mat5", "plain", mat5.write(tile), damagemat.rewrite),
            ("mat5", "compressed", mat5.write(tile, packed=True), damagemat.rewrite),
            ("mat5", "after numbers", mat5.write(tile, mat5.numbers()), damagemat.rewrite),
            ("mat5", "after a structure", mat5.write(tile, mat5.structure()), damagemat.rewrite),
            ("mat5", "after a compressed one", mat5.write(
                tile, mat5.compressed(mat5.structure()), packed=True), damagemat.rewrite),
            ("mat73", "in one piece", contiguous, damage.any_bytes),
            ("mat73", "in chunks", chunked, damage.any_bytes)]:
        place = os.path.join(folder, f"{kind}-{name}", "scene")
        os.makedirs(os.path.join(place, "imgs"))
        with open(os.path.join(place, "imgs", "0.mat"), "wb") as file:
            file.write(data)
        yield Victim(kind, name, "tiles", place, "", os.path.join("imgs", "0.mat"), rewrite)
