"""GDAL's creation options for a combination's file."""
from soaking.programs import tool

COMPRESSIONS = {
    "none": ["COMPRESS=NONE"], "deflate": ["COMPRESS=DEFLATE"],
    "deflate2": ["COMPRESS=DEFLATE", "PREDICTOR=2"], "lzw": ["COMPRESS=LZW"],
    "zstd": ["COMPRESS=ZSTD"], "zstd3": ["COMPRESS=ZSTD", "PREDICTOR=3"],
    "packbits": ["COMPRESS=PACKBITS"], "lzma": ["COMPRESS=LZMA"], "jpeg": ["COMPRESS=JPEG"],
    "webp": ["COMPRESS=WEBP", "WEBP_LOSSLESS=YES"], "lerc": ["COMPRESS=LERC"],
    "lerczstd": ["COMPRESS=LERC_ZSTD"], "12bits": ["COMPRESS=DEFLATE", "NBITS=12"],
}


def options(case, container, height, bands):
    """The options for a file of so many bands, which is the scene itself or a “part” of it."""
    compression = COMPRESSIONS[case["compression"]]
    if container == "cog":
        return cog_options(compression, case["layout"])
    found = [*compression, *{
        "strips": [], "rows": ["BLOCKYSIZE=1"], "block": [f"BLOCKYSIZE={height}"],
        "tiles": ["TILED=YES"], "odd": ["TILED=YES", "BLOCKXSIZE=48", "BLOCKYSIZE=80"],
        "small": ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", "SPARSE_OK=YES"],
    }[case["layout"]]]
    if bands > 1:
        found.append(f"INTERLEAVE={case['interleave'].upper()}")
    found += {"bigtiff": ["BIGTIFF=YES"], "bigendian": ["ENDIANNESS=BIG"]}.get(container, [])
    if not case["bands"].startswith("alpha"):
        # Not what GDAL makes of three or four bands of bytes by itself.
        found.append("ALPHA=NO")
        if case["bands"] != "rgbn":
            found.append("PHOTOMETRIC=MINISBLACK")
    return found


def cog_options(compression, layout):
    # That driver's own words for lossless WebP and for predictors.
    words = {"WEBP_LOSSLESS=YES": "QUALITY=100", "PREDICTOR=2": "PREDICTOR=STANDARD",
             "PREDICTOR=3": "PREDICTOR=FLOATING_POINT"}
    side = {"tiles": 128, "odd": 144, "block": 512}[layout]
    return [*[words.get(option, option) for option in compression], f"BLOCKSIZE={side}"]


def unknown_compressions():
    """Those of the matrix that this GDAL's GeoTIFFs cannot have."""
    told = tool("gdalinfo", "--format", "GTiff")
    return [name for name, (first, *_) in COMPRESSIONS.items()
            if f"<Value>{first.partition('=')[2]}</Value>" not in told]
