"""Ways to damage VRT files and .aux.xml."""
import re

from soaking import damage

NUMBERS = ["0", "1", "-1", "2", "65536", "2147483647", "2147483648", "-2147483648", "4294967295",
           "9223372036854775807", "1e300", "-1e-300", "nan", "inf", "", " ", "0x10", "1,5", "١"]
WORDS = ["", "Alpha", "Byte", "UInt16", "Float64", "CFloat32", "Undefined", "Gray", "VRTRasterBand",
         "VRTRawRasterBand", "VRTDerivedRasterBand", "VRTWarpedRasterBand", "mask,1", "mask", "99",
         "EPSG:0", "EPSG:4326", "LOCAL_CS[", "x" * 5000, "&#1;", "é" * 40]
FILES = ["scene.vrt", "./scene.vrt", "/dev/zero", "/dev/null", "/", ".", "missing.tif", "",
         "../scene/scene.vrt", "part0.tif:2", "GTIFF_DIR:1:part0.tif", "/vsizip/part0.tif",
         "/vsicurl/http://127.0.0.1:9/part0.tif", "/vsistdin/", "/vsimem/none.tif", "\n",
         "<VRTDataset rasterXSize='9' rasterYSize='9'/>"]


def rewrite(data, generator):
    text = data.decode("utf-8", "replace")
    way = generator.choice([number, number, number, word, word, file, element, element, double,
                            cut, attribute, wrap, entity, tags])
    text, words = way(text, generator)
    return text.encode("utf-8", "surrogatepass"), words


def replaced(text, pattern, generator, choices, what):
    found = list(re.finditer(pattern, text))
    if not found:
        data, words = damage.any_bytes(text.encode(), generator)
        return data.decode("utf-8", "replace"), words
    match = generator.choice(found)
    new = generator.choice(choices)
    line = text.count("\n", 0, match.start()) + 1
    return (text[:match.start(1)] + new + text[match.end(1):],
            f"line {line}: {what} {match[1][:30]!r} became {new[:30]!r}")


def number(text, generator):
    return replaced(text, r"(?<![\w.])(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)(?![\w.])", generator, NUMBERS,
                    "number")


def word(text, generator):
    return replaced(text, r">([^<>\n]+)<", generator, WORDS, "text")


def file(text, generator):
    return replaced(text, r"<SourceFilename[^>]*>([^<]*)<", generator, FILES, "file")


def attribute(text, generator):
    return replaced(text, r'\w="([^"]*)"', generator, [*NUMBERS, *WORDS], "attribute")


def tags(text, generator):
    return replaced(text, r"</?(\w+)", generator, ["MaskBand", "VRTRasterBand", "GCPList", "b",
                                                   "PAMRasterBand", "VRTDataset", ""], "tag")


def element_at(text, generator):
    """A random element that has a tag of its own at its end."""
    found = [match for match in re.finditer(r"<(\w+)[^<>]*?(?:/>|>.*?</\1>)", text, re.S)]
    inner = [match for part in found[:1] for match in re.finditer(
        r"<(\w+)[^<>]*?(?:/>|>.*?</\1>)", text[part.start() + 1:part.end()], re.S)]
    match = generator.choice(inner or found) if inner or found else None
    if match is None:
        return None
    offset = found[0].start() + 1 if inner else 0
    return match.start() + offset, match.end() + offset, match[1]


def element(text, generator):
    place = element_at(text, generator)
    if place is None:
        return cut(text, generator)
    start, end, name = place
    return text[:start] + text[end:], f"an element {name} taken out"


def double(text, generator):
    place = element_at(text, generator)
    if place is None:
        return cut(text, generator)
    start, end, name = place
    times = generator.choice([1, 1, 3, 2000])
    return text[:end] + text[start:end] * times + text[end:], f"{times} more of an element {name}"


def cut(text, generator):
    length = generator.randrange(len(text) + 1)
    return text[:length], f"cut off to {length} of {len(text)} characters"


def wrap(text, generator):
    depth = generator.choice([3, 200, 100_000])
    at = generator.choice([match.start() for match in re.finditer("<", text)] or [0])
    return text[:at] + "<a>" * depth + text[at:], f"{depth} elements that do not end"


def entity(text, generator):
    bomb = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10 if level else "boom" * 10}">'
                   for level in range(9))
    return (f"<!DOCTYPE x [{bomb}]>" + re.sub(r">([^<>\n]+)<", ">&e8;<", text, count=1),
            "entities in entities")
