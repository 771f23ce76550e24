"""TIFF files of several pages, which GDAL's tools cannot write."""
import os
import struct

from soaking import tiff
from soaking.programs import tool


def of_bands(maker):
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
