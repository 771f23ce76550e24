"""What scenes can be: the factors of the matrix, their levels, and which levels go together."""
import itertools

from soaking.pairs import cover

FACTORS = {
    "type": ["uint8", "uint16", "int16", "float32"],
    "layout": ["strips", "rows", "block", "tiles", "odd"],
    "compression": ["none", "deflate", "deflate2", "lzw", "zstd", "zstd3", "packbits", "lzma",
                    "jpeg", "webp", "lerc", "lerczstd", "12bits"],
    "interleave": ["pixel", "band"],
    "bands": ["rgbn", "plain", "alpha5", "alpha4", "names6", "nir1", "short"],
    "place": ["none", "utm", "rotated", "southup", "mirrored", "gcps", "degrees", "rpc", "point"],
    "nodata": ["none", "0", "255", "-9999", "nan", "lowest", "values"],
    "mask": ["none", "internal", "msk"],
    "container": ["gtiff", "bigtiff", "bigendian", "cog", "vrt", "mosaic", "separate"],
}

# What the levels are where a word is not enough.
LEVELS = """
layout       strips of GDAL's own height, of one row, one block of all rows, tiles of 256 × 256, odd
             tiles of 48 × 80 (of 144 × 144 in a COG)
compression  deflate2 and zstd3 have predictors 2 and 3; 12bits are 12 of 16
bands        rgbn: colours and a fourth of no colour; plain: four that say nothing; alpha5: rgbn and
             opacity; alpha4: opacity fourth, infrared fifth; names6: B02 … B11 of Sentinel-2;
             nir1: infrared first, by description; short: B2, B3, B4, B8
nodata       lowest: “-3.40282e+38” over pixels of -3.4028235e38; values: NODATA_VALUES
mask         internal: in the file; msk: beside it
container    vrt: of one GeoTIFF; mosaic: of two, side by side; separate: of one a band
"""

IS_VRT = ("vrt", "mosaic", "separate")
COUNT = 420  # combinations in full, at least


def allowed(part):
    """Whether levels go together, of as many factors as `part` has.

    What is left out no tool writes, or GDAL itself does not read as what it was meant to be.
    """
    def has(name, *levels):
        return part.get(name) in levels

    def known_other(name, *levels):
        return name in part and part[name] not in levels

    alpha = has("bands", "alpha5", "alpha4")
    forbidden = [
        has("compression", "jpeg", "webp") and known_other("type", "uint8"),
        has("compression", "zstd3") and known_other("type", "float32"),
        has("compression", "12bits") and known_other("type", "uint16"),
        # Strips of JPEG are multiples of 8 rows high.
        has("compression", "jpeg") and has("layout", "rows"),
        # Its fourth band is opacity to the codec, which takes three or four at a time.
        has("compression", "webp") and known_other("bands", "rgbn", "plain", "nir1", "short"),
        has("compression", "webp") and has("interleave", "band"),
        has("compression", "webp") and has("container", "separate"),
        # JPEG's own limit is four components together.
        has("compression", "jpeg") and has("interleave", "pixel")
        and has("bands", "alpha5", "alpha4", "names6"),
        has("compression", "12bits") and alpha,
        alpha and known_other("type", "uint8", "uint16"),
        has("container", "cog") and has("interleave", "band"),
        has("container", "cog") and has("layout", "strips", "rows"),
        has("container", "cog") and has("compression", "packbits", "12bits"),
        has("container", "separate") and has("interleave", "pixel"),
    ]
    return not any(forbidden)


def matrix(seed=1, count=COUNT):
    """Combinations in which all pairs of levels meet, and more of them until there are `count`.

    They are numbered from 1, and the same for the same seed, whatever `count` is.
    """
    seen = set()
    found = []
    for turn in itertools.count():
        if turn > 0 and len(found) >= count:
            return found
        for case in cover(FACTORS, allowed, f"{seed}/{turn}"):
            text = describe(case)
            if text in seen:
                continue
            seen.add(text)
            found.append({"number": len(found) + 1, **case})
            if len(found) >= count and turn > 0:
                return found


def describe(case):
    return " ".join(str(case[name]) for name in FACTORS)
