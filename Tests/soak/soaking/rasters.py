"""Rasters through GDAL's tools: raw samples out, VRT files in."""
import json
import os
import re
from xml.sax.saxutils import escape

from soaking.programs import Trouble, tool

# GDAL's names of types, and how Python's array module calls them.
GDAL_TYPES = {"uint8": "Byte", "uint16": "UInt16", "int16": "Int16", "float32": "Float32"}
CODES = {"Byte": "B", "UInt16": "H", "Int16": "h", "Float32": "f", "UInt32": "I", "Int32": "i",
         "Float64": "d"}
SIZES = {"Byte": 1, "UInt16": 2, "Int16": 2, "Float32": 4, "UInt32": 4, "Int32": 4, "Float64": 8,
         "CFloat32": 8}
ENVI_SIZES = {1: 1, 2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 9: 16, 12: 2, 13: 4, 14: 8, 15: 8}


def info(path):
    """gdalinfo's account of a raster."""
    text = tool("gdalinfo", "-json", path)
    try:
        return json.loads(text)
    except ValueError:
        # Numbers that JSON does not know.
        text = re.sub(r"(?<=[\s\[:,])-?nan\b", "NaN", text, flags=re.I)
        text = re.sub(r"(?<=[\s\[:,])(-?)inf(inity)?\b", r"\1Infinity", text, flags=re.I)
        try:
            return json.loads(text)
        except ValueError as error:
            raise Trouble(f"gdalinfo -json {path}: {error}") from error


def read(path, bands, work, name="raw"):
    """The samples of `bands` ("1", "mask,1", …), as one bytes object each, in rows.

    As GDAL reads them, without scale or offset.
    """
    out = os.path.join(work, name)
    options = [word for band in bands for word in ("-b", str(band))]
    # Without its place, which that format cannot always hold.
    tool("gdal_translate", "-q", "-of", "ENVI", "-mask", "none", "-co", "INTERLEAVE=BSQ",
         "-nogcp", "-a_ullr", "0", "1", "1", "0", *options, path, out)
    with open(out, "rb") as file:
        data = file.read()
    with open(out + ".hdr", encoding="utf-8", errors="replace") as file:
        header = dict(re.findall(r"^(samples|lines|data type) *= *(\d+)", file.read(), re.M))
    for ending in ("", ".hdr", ".aux.xml", ".msk"):
        if os.path.exists(out + ending):
            os.unlink(out + ending)
    size = int(header["samples"]) * int(header["lines"]) * ENVI_SIZES[int(header["data type"])]
    # GDAL writes two bytes for one of one pixel.
    if len(data) < size * len(bands):
        raise Trouble(f"{len(bands)} bands of {path} have {len(data)} bytes")
    return [data[index * size:(index + 1) * size] for index in range(len(bands))]


def item(name, value, indent="  ", **attributes):
    words = "".join(f' {key}="{escape(str(text))}"' for key, text in attributes.items())
    return f"{indent}<{name}{words}>{escape(str(value))}</{name}>"


def metadata(items, domain=None):
    if not items:
        return []
    words = f' domain="{domain}"' if domain else ""
    inner = [f'    <MDI key="{escape(key)}">{escape(value)}</MDI>' for key, value in items.items()]
    return [f"  <Metadata{words}>", *inner, "  </Metadata>"]


def place_elements(place):
    """A place (see places.py) as elements of a VRT file."""
    lines = []
    if "crs" in place:
        # x is longitude, whatever the authority says.
        mapping = {"dataAxisToSRSAxisMapping": "2,1"} if place["crs"] == "EPSG:4326" else {}
        lines.append(item("SRS", place["crs"], **mapping))
    if "transform" in place:
        lines.append(item("GeoTransform", ", ".join(repr(number) for number in place["transform"])))
    if "gcps" in place:
        lines.append(f'  <GCPList Projection="{place["gcps_crs"]}">')
        for index, (pixel, line, x, y) in enumerate(place["gcps"]):
            lines.append(f'    <GCP Id="{index + 1}" Pixel="{pixel!r}" Line="{line!r}" X="{x!r}" '
                         f'Y="{y!r}" Z="0"/>')
        lines.append("  </GCPList>")
    return lines + metadata(place.get("rpc"), "RPC")


def raw_band(file, size, width, height, index):
    """The source of a band that lies in a file of raw samples, one band after the other."""
    return [item("SourceFilename", os.path.basename(file), relativeToVRT=1),
            item("ImageOffset", index * width * height * size), item("PixelOffset", size),
            item("LineOffset", width * size), item("ByteOrder", "LSB")]


def simple_sources(parts, height):
    """The sources of a band that is made of files' bands, side by side: (file, band, x, width)."""
    lines = []
    for file, band, x, width in parts:
        lines += ["    <SimpleSource>",
                  item("SourceFilename", os.path.basename(file), "      ", relativeToVRT=1),
                  item("SourceBand", band, "      "),
                  f'      <SrcRect xOff="0" yOff="0" xSize="{width}" ySize="{height}"/>',
                  f'      <DstRect xOff="{x}" yOff="0" xSize="{width}" ySize="{height}"/>',
                  "    </SimpleSource>"]
    return lines


def write_vrt(path, width, height, bands, place=None, items=None, mask=None):
    """Writes a VRT file.

    Each of `bands`, and `mask`, is a dictionary: source (lines), type and, if wanted, raw, nodata,
    colour, description, scale, offset, items.
    """
    place = place or {}
    items = {**(items or {}), **({"AREA_OR_POINT": "Point"} if place.get("point") else {})}
    lines = [f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}">', *place_elements(place),
             *metadata(items)]
    for index, band in enumerate(bands):
        lines += band_elements(band, index + 1)
    if mask:
        lines += ["  <MaskBand>", *band_elements(mask, None), "  </MaskBand>"]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([*lines, "</VRTDataset>", ""]))


def band_elements(band, number):
    words = f' dataType="{band["type"]}"' + (f' band="{number}"' if number else "")
    if band.get("raw"):
        words += ' subClass="VRTRawRasterBand"'
    lines = [f"  <VRTRasterBand{words}>"]
    for name, key in (("Description", "description"), ("NoDataValue", "nodata"),
                      ("ColorInterp", "colour"), ("Offset", "offset"), ("Scale", "scale")):
        if band.get(key) is not None:
            lines.append(item(name, band[key], "    "))
    lines += metadata(band.get("items"), band.get("domain"))
    return [*lines, *band["source"], "  </VRTRasterBand>"]
