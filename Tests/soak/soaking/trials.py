"""Maps the scene of a case, and tells what is wrong with the map."""
import os

from soaking import coglayout, expected, outputs, places
from soaking.models import LIMIT
from soaking.programs import Trouble, changes, complaint, contents, excess, tool
from soaking.rasters import info
from soaking.scenes import Maker


def attempt(case, base, parent):
    """The case's fault, and whether it is the script's own; its files are in `parent`/NUMBER."""
    try:
        return judge(case, base, os.path.join(parent, str(case["number"]))), False
    except Trouble as error:
        return str(error), True


def judge(case, base, folder):
    """What is wrong with the map of a case's scene; None if nothing."""
    maker = Maker(case, base.planes[case["type"]], folder)
    scene = case.get("make", Maker.make)(maker)
    flags = list(case.get("flags", []))
    if "window" in case:
        left, top, width, height = case["window"]
        flags += ["--bbox", f"{left},{top},{left + width},{top + height}"]
    if case.get("outputs"):
        flags += outputs.flags(os.path.join(folder, "maps"))
    limit = 2 * LIMIT if case.get("outputs") else LIMIT
    model = case.get("model", case["type"])
    work = os.path.join(folder, "work")
    maps = os.path.join(folder, "maps")
    os.makedirs(maps)
    before = contents(scene.folder)
    path = os.path.join(maps, "map.tif")
    ended = base.segment(model, scene.path, path, *flags, threads=1 + len(case["place"]) % 3,
                         memory=limit, seconds=20 if "expect" in case else 60)
    with open(os.path.join(folder, "command"), "w", encoding="utf-8", errors="replace") as file:
        file.write(ended.line + "\n")
    wrong = changes(before, contents(scene.folder))
    if wrong:
        return f"beside the scene: {wrong}"
    temporary = os.listdir(os.path.join(folder, "temporary"))
    if temporary:
        return f"{temporary} are left in TMPDIR"
    silent = next((f"it does not say “{word}”: {ended.words}"
                   for word in case.get("says", []) if word not in ended.err), None)
    if "expect" in case:
        return (complaint(ended, limit, wanted=case["expect"]) or expected.stray(maps, [])
                or silent)
    wrong = excess(ended, limit)
    if wrong or ended.code:
        return wrong or f"exit {ended.code}: {ended.words}"
    others = outputs.ALL if case.get("outputs") else []
    wrong = expected.stray(maps, ["map.tif", "map.tif.aux.xml", *others])
    if wrong or silent:
        return wrong or silent
    return compare(case, scene, base, path, work)


def compare(case, scene, base, path, work):
    reading = expected.Reading(scene.path, scene.order, scene.alpha, work)
    twin = os.path.join(work, "twin.tif")
    reading.write_twin(twin)
    twin_map = os.path.join(work, "twinmap.tif")
    ended = base.segment(case["type"], twin, twin_map, *case.get("twin", []))
    if ended.code:
        raise Trouble(f"{ended.line}\n  ended with {ended.code}: {ended.words}")
    wanted = expected.labels(twin_map, work)
    wrong = expected.twin_difference(wanted, reading.valid)
    there, valid = reading.info, reading.valid
    if "window" in case:
        window = case["window"]
        wanted, valid = (expected.part(rows, reading.width, window) for rows in (wanted, valid))
        # GDAL's own account of where a part lies.
        there = copied(scene.path, work, "-srcwin", *map(str, window))
    made = expected.labels(path, work)
    wrong = (wrong or expected.difference(made, wanted, valid)
             or places.difference(there, info(path), lambda: copied(scene.path, work))
             or coglayout.fault(path))
    if wrong or not case.get("outputs"):
        return wrong
    return outputs.fault(os.path.dirname(path), work, there, made,
                         lambda: copied(scene.path, work), clean="twin" in case)


def copied(path, work, *options):
    """gdalinfo's account of GDAL's own GeoTIFF of a scene."""
    copy = os.path.join(work, "copy.tif")
    tool("gdal_translate", "-q", "-b", "1", *options, path, copy)
    return info(copy)
