"""Whether a file is a Cloud-Optimised GeoTIFF, told from its bytes.

The rules are those of GDAL's validate_cloud_optimized_geotiff.py and of the page of GDAL's COG
driver, “Header ghost area”. Where that program itself is installed (python3-gdal), it is asked too.
"""
import os
import re
import struct
import subprocess

from soaking import tiff

# Debian's python, for which python3-gdal is made; another one need not have it.
PYTHONS = ("/usr/bin/python3", "python3")
GHOST = b"GDAL_STRUCTURAL_METADATA_SIZE="


def fault(path):
    """The first rule that the file breaks; None if it keeps all."""
    with open(path, "rb") as file:
        data = file.read()
    if os.path.exists(path + ".ovr"):
        return "COG: overviews are in another file"
    try:
        wrong = rules(data)
    except (tiff.NotTIFF, struct.error) as error:
        wrong = str(error)
    return f"COG: {wrong}" if wrong else None


def rules(data):
    file = tiff.File(data)
    first = file.directories[0]
    header = 16 if file.big else 8
    ghost = ghost_items(data[header:])
    start = header + (43 + int(ghost["SIZE"]) if ghost else 0)
    if first.at not in (start, start + start % 2):
        return f"the first directory is at {first.at}, not at {start}"
    images = [directory for directory in file.directories
              if file.value(directory, tiff.SUBFILE) in (0, 1)]
    masks = [directory for directory in file.directories
             if file.value(directory, tiff.SUBFILE) in (4, 5)]
    if len(images) + len(masks) != len(file.directories):
        return "it has directories that are neither image, overview nor mask"
    return (sizes(file, images) or order(file, images) or places(file)
            or leaders(file, data, ghost))


def sizes(file, images):
    last = None
    for index, directory in enumerate(images):
        width, height = (file.value(directory, tag) for tag in (tiff.WIDTH, tiff.HEIGHT))
        if (index > 0) != (file.value(directory, tiff.SUBFILE) == 1):
            return f"directory {index} is not marked as what it is"
        if index and (width > last[0] or height > last[1] or (width, height) == last):
            return f"overview {index} of {width} × {height} is not smaller than that before"
        last = (width, height)
        if max(width, height) > 512 and tiff.TILE_OFFSETS not in directory.entries:
            return f"image {index} of {width} × {height} is not tiled"
    width, height = (file.value(images[0], tag) for tag in (tiff.WIDTH, tiff.HEIGHT))
    if max(width, height) > 512 and len(images) == 1:
        return f"{width} × {height} pixels have no overviews"
    return None


def order(file, images):
    """Overviews' pixels come before those of the whole image, the smallest first."""
    firsts = []
    for directory in images:
        present = [at for at, size in file.blocks(directory) if size]
        firsts.append(min(present) if present else None)
    known = [first for first in firsts if first is not None]
    if known != sorted(known, reverse=True):
        return f"pixels of overviews are not before the image's: {known}"
    return None


def places(file):
    """Directories and their values come before all pixels; what is in blocks lies in the file."""
    heads = [directory.end for directory in file.directories]
    heads += [entry.data + entry.size for directory in file.directories
              for entry in directory.entries.values()]
    starts = [directory.at for directory in file.directories]
    if starts != sorted(starts):
        return "directories are not in their order"
    blocks = [block for directory in file.directories for block in file.blocks(directory)]
    present = [(at, size) for at, size in blocks if size]
    if present and min(at for at, _ in present) < max(heads):
        return "pixels begin before the directories end"
    if any(at + size > len(file.data) for at, size in present):
        return "a block leaves the file"
    return None


def ghost_items(data):
    """What the ghost area promises; None if there is none."""
    if not data.startswith(GHOST):
        return None
    match = re.match(rb"(\d{6}) bytes\n", data[len(GHOST):])
    if not match:
        return None
    size = int(match[1])
    text = data[43:43 + size].decode("ascii", "replace")
    items = dict(line.strip().split("=", 1) for line in text.splitlines() if "=" in line)
    return {**items, "SIZE": str(size)}


def leaders(file, data, ghost):
    """The promises of the ghost area: sizes before blocks, their last bytes after them, order."""
    if not ghost:
        return None
    if ghost.get("KNOWN_INCOMPATIBLE_EDITION", "NO").strip() != "NO":
        return "it was changed after it was made"
    for directory in file.directories:
        last = 0
        for at, size in file.blocks(directory):
            if not size:
                continue
            if ghost.get("BLOCK_LEADER") == "SIZE_AS_UINT4":
                if struct.unpack_from("<I", data, at - 4)[0] != size:
                    return f"the block at {at} has another size before it"
            if ghost.get("BLOCK_TRAILER") == "LAST_4_BYTES_REPEATED" and size >= 4:
                if data[at + size:at + size + 4] != data[at + size - 4:at + size]:
                    return f"the block at {at} does not repeat its last bytes"
            if ghost.get("BLOCK_ORDER") == "ROW_MAJOR" and at < last:
                return f"the block at {at} is not in its row's order"
            last = at
    return None


def others_fault(path):
    """What GDAL's own program says against the file; None if nothing, or if it is not there."""
    for python in PYTHONS:
        try:
            if subprocess.run([python, "-c", "import osgeo_utils.samples"],
                              capture_output=True).returncode:
                continue
            done = subprocess.run(
                [python, "-m", "osgeo_utils.samples.validate_cloud_optimized_geotiff",
                 "--full-check=yes", path], capture_output=True, text=True)
        except OSError:
            continue
        if done.returncode or "is a valid cloud optimized" not in done.stdout:
            return " ".join((done.stdout + done.stderr).split())
        return None
    return None


def others_there():
    for python in PYTHONS:
        try:
            if subprocess.run([python, "-c", "import osgeo_utils.samples"],
                              capture_output=True).returncode == 0:
                return True
        except OSError:
            pass
    return False
