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


def pages(maker):
    """A TIFF of one page a band."""
    scene = maker.make()
    parts = []
    for band in range(1, 5):
        path = os.path.join(maker.work, f"page{band}.tif")
        tool("gdal_translate", "-q", "-b", str(band), "-co", "PROFILE=BASELINE", scene.path, path)
        with open(path, "rb") as file:
            parts.append(file.read())
    with open(scene.path, "wb") as file:
        file.write(join(parts))
    return scene


def thumbnail(maker):
    """A TIFF whose first page is small."""
    scene = maker.make()
    small = os.path.join(maker.work, "small.tif")
    tool("gdal_translate", "-q", "-outsize", "60", "50", "-co", "ALPHA=NO", scene.path, small)
    parts = []
    for path in (small, scene.path):
        with open(path, "rb") as file:
            parts.append(file.read())
    with open(scene.path, "wb") as file:
        file.write(join(parts))
    return scene


def second_page(maker):
    scene = thumbnail(maker)
    scene.path = f"GTIFF_DIR:2:{scene.path}"
    return scene


def renamed(maker, name):
    scene = maker.make()
    path = os.path.join(scene.folder, name)
    os.rename(scene.path, path)
    scene.path = path
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


def join(parts):
    """One TIFF file of the first directories of several little-endian ones."""
    whole = bytearray()
    link = 4
    for data in parts:
        data = bytearray(data + b"\0" * (len(data) % 2))
        file = tiff.File(data)
        directory = file.directories[0]
        base = len(whole)
        for entry in directory.entries.values():
            if entry.tag == tiff.OFFSETS:
                moved = [value + base for value in file.values(directory, entry.tag)]
                struct.pack_into(f"<{entry.count}I", data, entry.data, *moved)
            if entry.size > 4:
                struct.pack_into("<I", data, entry.at + 8, entry.data + base)
        whole += data
        struct.pack_into("<I", whole, link, directory.at + base)
        link = directory.next_at + base
    return bytes(whole)
