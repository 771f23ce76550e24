"""Ways to damage a TIFF file where it hurts: in its directories."""
import struct

from soaking import damage, tiff

MASKS = {"B": 0xFF, "H": 0xFFFF, "I": 0xFFFFFFFF, "Q": (1 << 64) - 1, "b": 0xFF, "h": 0xFFFF,
         "i": 0xFFFFFFFF, "q": (1 << 64) - 1}
# Tags of which each decides about how pixels are read, and private ones of GeoTIFF and GDAL.
TAGS = [254, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325,
        338, 339, 340, 341, 347, 530, 532, 33550, 33922, 34264, 34735, 34736, 34737, 42112, 42113,
        50844]


def rewrite(data, generator):
    """Damage by the file's own structure; by bytes if it has none."""
    try:
        file = tiff.File(data)
    except tiff.NotTIFF:
        return damage.any_bytes(data, generator)
    way = generator.choice([value, value, value, array, array, count, kind, place, tag, link, head,
                            entries])
    return way(file, bytearray(data), generator)


def hostile(generator, old, size):
    """A number to put in place of another, in a file of so many bytes."""
    return generator.choice([
        0, 1, 2, 3, 7, 8, 255, 256, 65535, 65536, old + 1, max(0, old - 1), old * 2, old // 2,
        old + 65536, old ^ 0x80, 1 << 31, (1 << 31) - 1, (1 << 32) - 1, (1 << 63) - 1, size,
        size - 1, size + 1000, generator.randrange(1 << 16), generator.randrange(1 << 32)])


def put(file, data, at, letter, number):
    if at + struct.calcsize(letter) <= len(data):
        struct.pack_into(file.order + letter.upper(), data, at, number & MASKS[letter])


def drawn(file, generator):
    """A directory and one of its entries, those that matter more often."""
    directory = generator.choice(file.directories)
    known = [tag for tag in TAGS if tag in directory.entries]
    tags = known if known and generator.random() < 0.8 else list(directory.entries)
    return directory, directory.entries[generator.choice(tags)]


def value(file, data, generator):
    """The first value of an entry."""
    directory, entry = drawn(file, generator)
    letter = tiff.LETTERS.get(entry.type)
    if letter in ("f", "d") and entry.data + entry.size <= len(data):
        number = generator.choice([0.0, -1.0, 1e300, float("nan"), float("inf"), 1e-300])
        index = generator.randrange(max(1, entry.count))
        if letter == "d" and entry.count:
            struct.pack_into(file.order + "d", data, entry.data + 8 * index, number)
        return bytes(data), f"value {index} of tag {entry.tag} became {number}"
    letter = letter if letter in MASKS else "B"
    try:
        old = file.number(entry.data, letter)
    except tiff.NotTIFF:
        old = 0
    number = hostile(generator, old, len(data))
    put(file, data, entry.data, letter, number)
    return bytes(data), f"tag {entry.tag} became {number & MASKS[letter]}, was {old}"


def array(file, data, generator):
    """One of the places or sizes of blocks, or all of them."""
    directory = generator.choice(file.directories)
    tags = [tag for tag in (273, 279, 324, 325) if tag in directory.entries]
    if not tags:
        return value(file, data, generator)
    entry = directory.entries[generator.choice(tags)]
    letter = tiff.LETTERS.get(entry.type, "I")
    size = tiff.SIZES.get(entry.type, 4)
    index = generator.randrange(max(1, entry.count))
    every = generator.random() < 0.2
    old = file.values(directory, entry.tag)
    number = hostile(generator, old[index] if old else 0, len(data))
    for each in range(entry.count) if every else [index]:
        put(file, data, entry.data + each * size, letter, number)
    which = "all" if every else f"number {index}"
    return bytes(data), f"{which} of tag {entry.tag} became {number}"


def count(file, data, generator):
    _, entry = drawn(file, generator)
    number = hostile(generator, entry.count, len(data))
    put(file, data, entry.at + 4, file.word, number)
    return bytes(data), f"tag {entry.tag} has {number} values, had {entry.count}"


def kind(file, data, generator):
    _, entry = drawn(file, generator)
    number = generator.choice([*range(0, 19), 255, 65535])
    put(file, data, entry.at + 2, "H", number)
    return bytes(data), f"tag {entry.tag} is of type {number}, was {entry.type}"


def place(file, data, generator):
    """Where an entry's values lie."""
    directory, entry = drawn(file, generator)
    number = generator.choice([hostile(generator, entry.data, len(data)), directory.at, entry.at])
    put(file, data, entry.at + (12 if file.big else 8), file.word, number)
    return bytes(data), f"the values of tag {entry.tag} are at {number}, were at {entry.data}"


def tag(file, data, generator):
    """An entry becomes another, or another's double."""
    directory, entry = drawn(file, generator)
    number = generator.choice([*TAGS, *directory.entries, generator.randrange(1 << 16)])
    put(file, data, entry.at, "H", number)
    return bytes(data), f"tag {entry.tag} became tag {number}"


def link(file, data, generator):
    """Where the next directory lies."""
    directory = generator.choice(file.directories)
    number = generator.choice([0, file.directories[0].at, directory.at, directory.at + 12,
                               len(data), len(data) - 2, (1 << 32) - 2,
                               generator.randrange(len(data))])
    put(file, data, directory.next_at, file.word, number)
    return bytes(data), f"after the directory at {directory.at} follows {number}"


def head(file, data, generator):
    """The file's first bytes."""
    way = generator.randrange(4)
    if way == 0:
        data[0:2] = b"MM" if data[0:2] == b"II" else b"II"
        return bytes(data), "the order of bytes is the other"
    if way == 1:
        version = generator.choice([42, 43, 41, 0, 85])
        put(file, data, 2, "H", version)
        return bytes(data), f"the version is {version}"
    number = generator.choice([hostile(generator, file.directories[0].at, len(data)),
                               file.directories[-1].at])
    put(file, data, file.first_at, file.word, number)
    return bytes(data), f"the first directory is at {number}"


def entries(file, data, generator):
    """How many entries a directory has."""
    directory = generator.choice(file.directories)
    number = hostile(generator, len(directory.entries), len(data))
    put(file, data, directory.at, "Q" if file.big else "H", number)
    return bytes(data), f"the directory at {directory.at} has {number} entries"
