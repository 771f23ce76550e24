"""Where scenes lie on Earth, and whether a map lies where its scene does."""
import math
import re

UTM = "EPSG:32633"
NORTH_UP = [390000.0, 0.3, 0.0, 5820000.0, 0.0, -0.3]
GCPS = [(0.0, 0.0), (88.5, 0.25), (3.75, 85.0), (80.0, 81.5), (40.125, 44.0)]


def place(name):
    """The parts of a place: crs, transform, gcps with their CRS, rpc, point."""
    if name == "none":
        return {}
    if name == "rotated":
        return {"crs": UTM, "transform": [390000.0, 0.25, 0.1, 5820000.0, 0.1, -0.25]}
    if name == "southup":
        return {"crs": UTM, "transform": [390000.0, 0.3, 0.0, 5819000.0, 0.0, 0.3]}
    if name == "mirrored":
        return {"crs": UTM, "transform": [390100.0, -0.3, 0.0, 5820000.0, 0.0, -0.3]}
    if name == "degrees":
        return {"crs": "EPSG:4326", "transform": [15.125, 4e-6, 0.0, 47.375, 0.0, -3e-6]}
    if name == "gcps":
        return {"gcps": points(390000.0, 5820000.0), "gcps_crs": UTM}
    if name == "both":  # a transform, and control points in another system
        return {**place("utm"), "gcps": points(1670000.0, 6890000.0), "gcps_crs": "EPSG:3857"}
    if name == "rpc":
        return {"rpc": RPC}
    found = {"crs": UTM, "transform": NORTH_UP}
    return {**found, "point": True} if name == "point" else found


def points(x, y):
    """Control points (pixel, line, x, y) that no affine transform fits exactly."""
    return [(column, line, x + 0.31 * column + 0.001 * line * line, y - 0.29 * line)
            for column, line in GCPS]


def coefficients(first):
    return " ".join(repr(first / (1 + 7 * index * index)) for index in range(20))


RPC = {
    "LINE_OFF": "120.5", "SAMP_OFF": "97.25", "LAT_OFF": "52.5", "LONG_OFF": "13.375",
    "HEIGHT_OFF": "40", "LINE_SCALE": "121", "SAMP_SCALE": "98", "LAT_SCALE": "0.0125",
    "LONG_SCALE": "0.0175", "HEIGHT_SCALE": "500", "LINE_NUM_COEFF": coefficients(-0.0012),
    "LINE_DEN_COEFF": coefficients(1.0), "SAMP_NUM_COEFF": coefficients(0.0034),
    "SAMP_DEN_COEFF": coefficients(1.0), "ERR_BIAS": "1.5", "ERR_RAND": "0.25",
}


def difference(scene, made, copied):
    """In what a map lies elsewhere than its scene, by gdalinfo's account of both; None if nowhere.

    GeoTIFF has other words for a reference system than other files, and GDAL tells the numbers of
    an RPC model with fewer digits: `copied` gives the account of GDAL's own GeoTIFF of the scene.
    """
    wrong = first_difference(scene, made)
    if wrong and ("CRS" in wrong or "RPC" in wrong):
        return first_difference(copied(), made)
    return wrong


def first_difference(scene, made):
    parts = [("size", lambda info: info["size"]), ("CRS", crs),
             ("transform", lambda info: info.get("geoTransform")),
             ("RPC", lambda info: numbers((info.get("metadata") or {}).get("RPC"))),
             ("point or area", is_point)]
    # A GeoTIFF has a transform or control points: with both, the points may go.
    if made.get("gcps") or not scene.get("geoTransform"):
        parts += [("control points", control_points),
                  ("control points' CRS", lambda info: crs(info.get("gcps") or {}))]
    for name, read in parts:
        here, there = read(scene), read(made)
        if not same(here, there):
            return f"the {name}: {short(here)} became {short(there)}"
    return None


def crs(info):
    """A reference system's name and number, where it has one; else its text; None for none."""
    text = (info.get("coordinateSystem") or {}).get("wkt") or None
    number = text and re.search(r'ID\["(\w+)",(\d+)\]\]$', text)
    return [text.split('"')[1], *number.groups()] if number else text


def control_points(info):
    return [[point[name] for name in ("pixel", "line", "x", "y")] + [point.get("z") or 0.0]
            for point in (info.get("gcps") or {}).get("gcpList", [])]


def is_point(info):
    return (info.get("metadata") or {}).get("", {}).get("AREA_OR_POINT") == "Point"


def numbers(items):
    """The numbers of an RPC model; files have their text in another form, and only what counts."""
    found = {}
    for name, text in (items or {}).items():
        try:
            found[name] = [float(word) for word in text.split()]
        except ValueError:
            found[name] = text
    return found


def same(left, right):
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, float):
        return left == right or math.isnan(left) and math.isnan(right)
    return left == right


def short(value):
    text = " ".join(str(value).split())
    return text if len(text) < 160 else text[:160] + "…"
