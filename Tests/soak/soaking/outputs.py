"""What is wrong with the outputs beside a map: they must show the same scene."""
import json
import os
import xml.etree.ElementTree

from soaking import coglayout, expected, places
from soaking.programs import tool
from soaking.rasters import info, raw_band, read, write_vrt

FILES = {"--confidence": "confidence.tif", "--probabilities": "probabilities.tif",
         "--overclusters": "overclusters.tif", "--polygons": "map.gpkg", "--qml": "map.qml",
         "--stac": "map.json", "--preview": "map.png"}
ALL = [*FILES.values(), "overclusters.tif.aux.xml"]


def flags(maps):
    return [word for flag, name in FILES.items() for word in (flag, os.path.join(maps, name))]


def fault(maps, work, scene, map_labels, copied, clean):
    """The first thing that is wrong; None if nothing.

    `scene` is gdalinfo's account of it, `map_labels` the map's labels in rows; `clean` is whether
    these are cleaned up, which percentages are not.
    """
    for name in ("confidence.tif", "probabilities.tif", "overclusters.tif"):
        path = os.path.join(maps, name)
        wrong = places.difference(scene, info(path), copied) or coglayout.fault(path)
        if wrong:
            return f"{name}: {wrong}"
    return (percentages(maps, work, map_labels, clean) or polygons(maps, work, scene, map_labels)
            or words(maps, scene, map_labels))


def percentages(maps, work, labels, clean):
    """Per cent are those of the map's classes, and nothing is where the map has a hole."""
    first, second = read(os.path.join(maps, "confidence.tif"), [1, 2], work)
    path = os.path.join(maps, "probabilities.tif")
    classes = read(path, range(1, len(info(path)["bands"]) + 1), work)
    clusters = expected.labels(os.path.join(maps, "overclusters.tif"), work)
    for index, label in enumerate(labels):
        here = [plane[index] for plane in classes]
        if label == expected.NODATA:
            others = {*here, first[index], second[index], clusters[index]}
            if others != {expected.NODATA}:
                return f"pixel {index} is a hole, and other outputs say {others}"
            continue
        best = max(here) if clean else here[label]
        if not first[index] == best == max(here) or abs(sum(here) - 100) > len(here) / 2:
            return f"pixel {index} of class {label} has {first[index]} % of {here}"
        if abs(first[index] - second[index] - sorted(here)[-2]) > 1:
            return f"pixel {index} has a margin of {second[index]} % in {here}"
        if clusters[index] == expected.NODATA:
            return f"pixel {index} has no overcluster"
    return None


def polygons(maps, work, scene, labels):
    """Burnt into a raster again, polygons are the map; their pixels add up to its classes."""
    path = os.path.join(maps, "map.gpkg")
    text = tool("ogr2ogr", "-f", "CSV", "/vsistdout/", path, "-sql",
                "SELECT class, SUM(pixels) AS pixels FROM map GROUP BY class")
    told = {int(words[0].strip('"')): int(words[1].strip('"'))
            for words in (line.split(",") for line in text.splitlines()[1:])}
    counts = {label: labels.count(label) for label in set(labels) - {expected.NODATA}}
    if told != counts:
        return f"polygons of {told} pixels, and the map has {counts}"
    transform = scene.get("geoTransform")
    if transform is None and (scene.get("gcps") or (scene.get("metadata") or {}).get("RPC")):
        return None
    width, height = scene["size"]
    empty = os.path.join(work, "empty.raw")
    with open(empty, "wb") as file:
        file.write(bytes([expected.NODATA]) * (width * height))
    band = {"source": raw_band(empty, 1, width, height, 0), "type": "Byte", "raw": True}
    # Without a place, y goes down from 0.
    write_vrt(empty + ".vrt", width, height, [band],
              {"transform": transform or [0.0, 1.0, 0.0, 0.0, 0.0, -1.0]})
    burnt = os.path.join(work, "burnt.tif")
    tool("gdal_translate", "-q", empty + ".vrt", burnt)
    tool("gdal_rasterize", "-q", "-a", "class", path, burnt)
    if expected.labels(burnt, work) != bytes(labels):
        return "the polygons are not the map's patches"
    return None


def words(maps, scene, labels):
    """Style, catalogue item and picture can be read, and name the map's classes."""
    style = xml.etree.ElementTree.parse(os.path.join(maps, "map.qml"))
    values = {entry.get("value") for entry in style.iter("paletteEntry")}
    missing = {str(label) for label in set(labels) - {expected.NODATA}} - values
    if missing:
        return f"map.qml has no class {', '.join(sorted(missing))}"
    with open(os.path.join(maps, "map.json"), encoding="utf-8") as file:
        item = json.load(file)
    shape = item["properties"].get("proj:shape")
    if shape not in (None, scene["size"][::-1]):
        return f"map.json has the shape {shape}"
    with open(os.path.join(maps, "map.png"), "rb") as file:
        if file.read(8) != b"\x89PNG\r\n\x1a\n":
            return "map.png is none"
    return None
