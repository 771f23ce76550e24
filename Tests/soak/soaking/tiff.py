"""The structure of a TIFF file: its directories, their entries, and where each lies.

Read by hand, so that what GDAL or libtiff repair is still seen. TIFF 6.0 (Adobe, 1992) and the
BigTIFF design (Aware Systems, 2007).
"""
import dataclasses
import struct

# Bytes of one value of each type.
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8,
         17: 8, 18: 8}
LETTERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q",
           17: "q", 18: "Q"}
WIDTH, HEIGHT, OFFSETS, COUNTS, TILE_OFFSETS, TILE_COUNTS = 256, 257, 273, 279, 324, 325
SUBFILE, TILE_WIDTH, TILE_HEIGHT = 254, 322, 323


class NotTIFF(Exception):
    pass


@dataclasses.dataclass
class Entry:
    tag: int
    type: int
    count: int
    at: int  # of the entry itself
    data: int  # of its values

    @property
    def size(self):
        return SIZES.get(self.type, 0) * self.count


@dataclasses.dataclass
class Directory:
    at: int
    end: int  # after the next directory's place
    next_at: int  # of that place
    entries: dict


class File:
    """A TIFF file in memory."""

    def __init__(self, data):
        self.data = bytes(data)
        mark = self.data[:2]
        if mark not in (b"II", b"MM"):
            raise NotTIFF("it does not begin as a TIFF file")
        self.order = "<" if mark == b"II" else ">"
        version = self.number(2, "H")
        if version not in (42, 43):
            raise NotTIFF(f"its version is {version}")
        self.big = version == 43
        self.first_at = 8 if self.big else 4
        self.word = "Q" if self.big else "I"
        self.directories = []
        place = self.number(self.first_at, self.word)
        seen = set()
        while place:
            if place in seen or len(seen) > 100:
                raise NotTIFF("its directories go round in a circle")
            seen.add(place)
            directory = self.directory(place)
            self.directories.append(directory)
            place = self.number(directory.next_at, self.word)

    def number(self, at, letter):
        try:
            return struct.unpack_from(self.order + letter, self.data, at)[0]
        except struct.error as error:
            raise NotTIFF(f"it ends before {at}") from error

    def directory(self, place):
        count = self.number(place, "Q" if self.big else "H")
        first = place + (8 if self.big else 2)
        size = 20 if self.big else 12
        if first + count * size > len(self.data):
            raise NotTIFF("a directory leaves the file")
        entries = {}
        for index in range(count):
            at = first + index * size
            tag, kind = self.number(at, "H"), self.number(at + 2, "H")
            values = self.number(at + 4, self.word)
            inside = at + (12 if self.big else 8)
            fits = SIZES.get(kind, 0) * values <= (8 if self.big else 4)
            data = inside if fits else self.number(inside, self.word)
            entries[tag] = Entry(tag, kind, values, at, data)
        end = first + count * size
        return Directory(place, end + (8 if self.big else 4), end, entries)

    def values(self, directory, tag):
        """The numbers of an entry; none if it is not there."""
        entry = directory.entries.get(tag)
        if entry is None:
            return []
        letter = LETTERS.get(entry.type)
        if letter is None or entry.data + entry.size > len(self.data):
            raise NotTIFF(f"the values of tag {tag} cannot be read")
        return list(struct.unpack_from(f"{self.order}{entry.count}{letter}", self.data, entry.data))

    def value(self, directory, tag, otherwise=0):
        values = self.values(directory, tag)
        return values[0] if values else otherwise

    def blocks(self, directory):
        """Place and size of each block."""
        tiled = TILE_OFFSETS in directory.entries
        return list(zip(self.values(directory, TILE_OFFSETS if tiled else OFFSETS),
                        self.values(directory, TILE_COUNTS if tiled else COUNTS)))
