"""How the scenes of single cases are made, where no combination describes them."""
import os
import shutil
import struct
import zipfile

from soaking import tiff
from soaking.programs import tool
from soaking.samples import value_bytes
from soaking.scenes import write_mask

DRIVERS = {"ENVI": ("img", []), "HFA": ("img", []),
           "JP2OpenJPEG": ("jp2", ["-co", "REVERSIBLE=YES", "-co", "QUALITY=100"])}


def remade(maker, *options):
    """The scene, written once more with other options."""
    scene = maker.make()
    first = os.path.join(maker.work, "first.tif")
    shutil.move(scene.path, first)
    tool("gdal_translate", "-q", *options, first, scene.path)
    return scene


def premultiplied(maker):
    """The last of the samples beyond red, green and blue is marked as associated alpha."""
    scene = maker.make()
    with open(scene.path, "r+b") as file:
        read = tiff.File(file.read())
        entry = read.directories[0].entries[338]  # ExtraSamples
        file.seek(entry.data + 2 * (entry.count - 1))
        file.write(struct.pack(read.order + "H", 1))
    return scene


def other_driver(maker, driver):
    scene = maker.make()
    ending, options = DRIVERS[driver]
    path = os.path.join(scene.folder, f"scene.{ending}")
    tool("gdal_translate", "-q", "-of", driver, *options, scene.path, path)
    os.unlink(scene.path)
    scene.path = path
    return scene


def band_masks(maker):
    scene = maker.make()
    masks = b"".join(maker.samples.new_mask() for _ in range(4))
    write_mask(masks, maker, scene.path + ".msk")
    return scene


def empty_mask(maker):
    scene = maker.make()
    open(scene.path + ".msk", "wb").close()
    return scene


def small_mask(maker):
    scene = maker.make()
    write_mask(b"\xff" * 400, maker, scene.path + ".msk", 20, 20)
    return scene


def cut_aux(maker):
    scene = maker.make()
    with open(scene.path + ".aux.xml", "w", encoding="utf-8") as file:
        file.write('<PAMDataset>\n  <Metadata>\n    <MDI key="what">cut o')
    return scene


def world_file(maker):
    scene = maker.make()
    with open(scene.path[:-4] + ".tfw", "w", encoding="utf-8") as file:
        file.write("0.3\n0\n0\n-0.3\n390000.15\n5819999.85\n")
    return scene


def sparse(maker):
    """Most tiles hold nothing but nodata, or zeros, and are left out of the file."""
    value = value_bytes(maker.samples.type, maker.samples.nodata()[0])
    for plane in maker.samples.planes:
        maker.samples.fill(plane, (range(16, maker.width), range(maker.height)), value)
    return maker.make()


def wrong_overviews(maker):
    """Overviews beside the scene that show black: they must not be read."""
    scene = maker.make()
    tool("gdaladdo", "-q", "-ro", "-r", "nearest", scene.path, "2", "4")
    with open(scene.path + ".ovr", "rb") as file:
        data = bytearray(file.read())
    read = tiff.File(data)
    for directory in read.directories:
        for at, size in read.blocks(directory):
            data[at:at + size] = bytes(size)
    with open(scene.path + ".ovr", "wb") as file:
        file.write(data)
    return scene


def renamed(maker, name):
    scene = maker.make()
    path = os.path.join(scene.folder, name)
    os.rename(scene.path, path)
    scene.path = path
    return scene


def dazzled(maker):
    """Red is far beyond what any model of the base scene has seen."""
    whole = (range(maker.width), range(maker.height))
    maker.samples.fill(maker.samples.planes[0], whole, value_bytes(maker.samples.type, 60_000))
    return maker.make()


def boundless(maker):
    """Claims 3,600,000,000 pixels, most of them in no file."""
    maker.case["container"] = "vrt"
    scene = maker.make()
    with open(scene.path, "r+", encoding="utf-8") as file:
        text = file.read()
        file.seek(0)
        head = f'rasterXSize="{maker.width}" rasterYSize="{maker.height}"'
        file.write(text.replace(head, 'rasterXSize="60000" rasterYSize="60000"', 1))
    return scene


def hollow(maker):
    """A GeoTIFF without blocks, which are zeros to every reader."""
    scene = maker.make()
    os.unlink(scene.path)
    tool("gdal_create", "-outsize", "60000", "60000", "-bands", "4", "-co", "SPARSE_OK=YES", "-co",
         "TILED=YES", "-co", "BLOCKXSIZE=1024", "-co", "BLOCKYSIZE=1024", "-co", "PHOTOMETRIC=RGB",
         "-co", "ALPHA=NO", scene.path)
    return scene


def zipped(maker):
    scene = maker.make()
    archive = os.path.join(scene.folder, "scenes.zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(scene.path, "folder/scene.tif")
    os.unlink(scene.path)
    scene.path = f"/vsizip/{archive}/folder/scene.tif"
    return scene


def linked(maker):
    scene = maker.make()
    target = os.path.join(maker.work, "elsewhere.tif")
    os.rename(scene.path, target)
    os.symlink(target, scene.path)
    return scene
