"""Single cases beside the matrix: what must be refused, and what only one kind of scene has.

A case is a plain combination of the matrix's factors and some of these: what (in words), expect
(the exit codes with which it must be refused), says (words of the error), make (how the scene is
made), described (the bands, as in samples.BANDS), model (the type of the model), flags (and for the
twin: twin), outputs (all of them), quick, and what the maker of scenes knows.
"""
from soaking import oddities, pages
from soaking.samples import BANDS

PLAIN = {"type": "uint8", "layout": "strips", "compression": "none", "interleave": "pixel",
         "bands": "rgbn", "place": "utm", "nodata": "none", "mask": "none", "container": "gtiff"}
TYPES = ("uint8", "uint16", "int16", "float32")
BAD, BAD_OR_USAGE = (65,), (64, 65)
FOUR = ("blue", "green", "red", "infrared")


def cases():
    """All of them, numbered E1, E2, …"""
    found = [*refusals(), *names(), *scales(), *masks(), *files(), *windows()]
    return [{**PLAIN, **case, "number": f"E{number}"} for number, case in enumerate(found, 1)]


def bands(roles, texts):
    return [(role, "Undefined", text) for role, text in zip(roles, texts)]


def refusals():
    for kind in TYPES:
        for container in ("gtiff", "cog", "vrt"):
            yield {"what": f"three bands of {kind}, {container}", "type": kind, "layout": "tiles",
                   "container": container, "described": BANDS["rgbn"][:3], "expect": BAD,
                   "says": ["3 bands"], "quick": kind == "uint8"}
    for name in ("UInt32", "Int32", "Float64", "CFloat32", "CInt16"):
        yield {"what": f"samples of {name}", "expect": BAD, "says": [name.lower()],
               "make": lambda maker, name=name: oddities.remade(maker, "-ot", name)}
    yield {"what": "samples of int8", "expect": BAD, "says": ["int8"],
           "make": lambda maker: oddities.remade(maker, "-co", "PIXELTYPE=SIGNEDBYTE")}
    for scene, model in (("uint16", "uint8"), ("uint8", "uint16"), ("uint8", "float32")):
        yield {"what": f"a model of {model}, a scene of {scene}", "type": scene, "model": model,
               "expect": BAD_OR_USAGE, "quick": model == "uint8"}
    for kind in ("uint8", "float32"):
        yield {"what": f"names that nobody knows, {kind}", "type": kind, "quick": True,
               "described": bands(FOUR, ("alpha centauri", "x", "y", "z")),
               "expect": BAD_OR_USAGE, "says": ["--bands"]}
    yield {"what": "Landsat's names without its satellite", "expect": BAD_OR_USAGE,
           "described": bands(FOUR, ("SR_B2", "SR_B3", "SR_B4", "SR_B5")), "says": ["--bands"]}


    for forced in (False, True):
        flags = ["--force"] if forced else []
        yield {"what": f"red beyond all limits {' '.join(flags)}".strip(), "type": "uint16",
               "make": oddities.dazzled, "flags": flags, "twin": flags, **(
                   {} if forced else {"expect": BAD, "says": ["--force"]})}
    for what, make in (("a VRT", oddities.boundless), ("a sparse GeoTIFF", oddities.hollow)):
        yield {"what": f"{what} of 60,000 × 60,000 pixels and a few bytes", "make": make,
               "expect": BAD, "says": ["--force"], "quick": make == oddities.boundless}


def names():
    lengths = {"B2": 490, "B3": 560, "B4": 665, "B8": 842}
    for what, texts in {
            "wavelengths": [f"{length} nm" for length in lengths.values()],
            "SNAP's names": [f"{name}, central wavelength {length} nm"
                             for name, length in lengths.items()],
            "STAC's names": ["blue", "green", "red", "nir"],
            "names in capitals": ["Blue", "GREEN", "Red", "NIR"]}.items():
        yield {"what": what, "described": bands(FOUR, texts), "quick": True}
    order = ("red", "green", "blue", "infrared")
    for what, text in (("Band 1 to Band 4 say nothing", "Band {}"), ("so do B1 to B4", "B{}")):
        yield {"what": what,
               "described": bands(order, [text.format(number) for number in range(1, 5)])}
    for satellite, first in (("LANDSAT_8", 2), ("LANDSAT_5", 1)):
        texts = [f"SR_B{number}" for number in range(first, first + 4)]
        yield {"what": f"{satellite}'s names with its own", "described": bands(FOUR, texts),
               "items": {"SPACECRAFT_ID": satellite}}
    yield {"what": "GDAL's wavelengths", "described": bands(FOUR, [None] * 4), "container": "vrt",
           "items_of_bands": [{"CENTRAL_WAVELENGTH_UM": str(length / 1000)}
                              for length in lengths.values()]}
    yield {"what": "--bands beside names that nobody knows", "quick": True,
           "described": bands(FOUR, "wxyz"), "flags": ["--bands", "3,2,1,4"]}


def scales():
    yield {"what": "uint8 scaled to 0…1", "words": {"scale": 1 / 255}, "quick": True}
    yield {"what": "uint8 with scale and offset", "words": {"scale": 0.5, "offset": -3}}
    for kind in TYPES[1:]:
        case = {"type": kind, "words": {"scale": 0.0001, "offset": -0.1}}
        yield {"what": f"{kind} scaled, a model without scale", **case, "expect": BAD_OR_USAGE,
               "says": ["scale", "--samples raw"], "quick": kind == "uint16"}
        yield {"what": f"{kind} scaled, --samples raw", **case, "flags": ["--samples", "raw"]}


def masks():
    yield {"what": "a mask for each band", "mask": "msk", "make": oddities.band_masks}
    for kind in ("uint8", "uint16"):
        yield {"what": f"premultiplied opacity, {kind}", "type": kind, "bands": "alpha5",
               "make": oddities.premultiplied}
    for kind in ("int16", "float32"):
        yield {"what": f"opacity, {kind}", "type": kind, "bands": "alpha5"}
    yield {"what": "opacity and a mask", "bands": "alpha5", "mask": "internal", "quick": True}
    yield {"what": "opacity and nodata 255", "bands": "alpha5", "nodata": "255", "quick": True}
    yield {"what": "a mask, and nodata in one band", "type": "int16", "mask": "internal",
           "nodata": "-9999", "quick": True}
    yield {"what": "nodata values that differ", "type": "int16", "container": "vrt",
           "nodata_of_bands": ["-9999", "0", "-9999", "0"]}
    yield {"what": "nodata values that differ, 0 and 255", "container": "vrt",
           "nodata_of_bands": ["0", "0", "255", "255"]}
    for what, changes in (
            ("and a nodata value that data have", {"words": {"nodata": "7"}}),
            ("of three of four bands", {"items": {"NODATA_VALUES": "0 1 2"}}),
            ("and a mask", {"mask": "internal"})):
        yield {"what": f"NODATA_VALUES {what}", "type": "int16", "nodata": "values", **changes}
    yield {"what": "opacity is 0 everywhere", "bands": "alpha5", "unseen": True, "quick": True}
    yield {"what": "an empty .msk", "expect": BAD, "make": oddities.empty_mask, "quick": True}
    yield {"what": "a .msk of another size", "expect": BAD, "make": oddities.small_mask}


def files():
    for size in ((1, 1), (1, 150), (150, 1), (7, 5), (200, 200), (319, 2)):
        yield {"what": f"{size[0]} × {size[1]} pixels", "size": size, "quick": size == (1, 1)}
    yield {"what": "a transform, and control points of another system", "place": "both",
           "container": "vrt", "quick": True}
    yield {"what": "a TIFF of four pages of one band", "expect": BAD, "says": ["GTIFF_DIR"],
           "make": pages.of_bands}
    yield {"what": "a TIFF of a thumbnail and a page", "says": ["GTIFF_DIR"],
           "make": pages.thumbnail}
    yield {"what": "its second page", "make": pages.second_page}
    yield {"what": "a cut-off .aux.xml", "make": oddities.cut_aux,
           "says": ["aux.xml"], "quick": True}
    yield {"what": "a world file, no other place", "place": "none", "make": oddities.world_file}
    yield {"what": "overviews of something else", "make": oddities.wrong_overviews}
    for nodata in ("none", "0", "-9999"):
        yield {"what": f"sparse, nodata {nodata}", "type": "int16", "layout": "small",
               "nodata": nodata, "make": oddities.sparse}
    for name in ("scene", "SCENE.TIFF", "Düne é, 1 “x” 100 %.tif", "D\udcfcne.tif",
                 "a\nb.tif", "a'b$(c);d.tif"):
        shown = ascii(name)
        yield {"what": f"called {shown}", "quick": "D" in name,
               "make": lambda maker, name=name: oddities.renamed(maker, name)}
    yield {"what": "in a ZIP archive", "mask": "internal", "make": oddities.zipped}
    yield {"what": "a link to it, the mask beside the link", "mask": "msk",
           "make": oddities.linked}
    for driver in ("ENVI", "HFA", "JP2OpenJPEG"):
        for kind in ("uint8", "uint16"):
            yield {"what": f"{driver}, {kind}", "type": kind,
                   "make": lambda maker, driver=driver: oddities.other_driver(maker, driver)}


def windows():
    """Parts of scenes, which lie where they are."""
    for kind in ("none", "utm", "rotated", "southup", "mirrored", "gcps", "degrees", "rpc"):
        yield {"what": f"a part of a scene, {kind}", "place": kind, "size": (171, 133),
               "nodata": "0", "window": (23, 17, 101, 90), "quick": kind in ("rotated", "rpc")}
    for number, kind in enumerate(("none", "utm", "rotated", "southup", "mirrored", "gcps",
                                   "degrees", "rpc", "point")):
        yield {"what": f"all outputs, {kind}", "place": kind, "outputs": True,
               "type": TYPES[number % 4], "mask": "internal", "nodata": ("none", "0")[number % 2],
               "quick": kind in ("rotated", "gcps")}
    yield {"what": "all outputs of nothing", "bands": "alpha5", "unseen": True, "outputs": True}
    yield {"what": "all outputs of a part", "outputs": True, "size": (171, 133),
           "window": (23, 17, 101, 90)}
    yield {"what": "all outputs of 1 × 1 pixels", "outputs": True, "size": (1, 1)}
    for clean in (["--majority", "5"], ["--sieve", "12"], ["--majority", "3", "--sieve", "30"]):
        yield {"what": f"all outputs, {' '.join(clean)}", "outputs": True, "flags": clean,
               "twin": clean, "nodata": "0", "mask": "msk", "quick": len(clean) == 4}
