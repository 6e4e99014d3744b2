"""Pictures of the screen: read, compared, kept. Without a library, so that a bare machine will do."""

import re
import struct
import zlib
from itertools import accumulate

# The side of a tile, in pixels: pictures are compared tile by tile.
TILE = 16

SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Picture:
    """Rows of RGB, three bytes a pixel."""

    def __init__(self, width, height, rows):
        self.width, self.height, self.rows = width, height, rows
        self._tiles = None

    @classmethod
    def read(cls, path):
        """The picture in a file."""
        data = path.read_bytes()
        return cls.of_png(data) if data.startswith(SIGNATURE) else cls.of_ppm(data)

    @classmethod
    def of_ppm(cls, data):
        """A picture as QEMU dumps it: binary PPM, 255 steps, no comments."""
        header = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", data)
        if not header:
            raise ValueError("no such PPM")
        width, height, start = int(header[1]), int(header[2]), header.end()
        line = width * 3
        rows = [data[at : at + line] for at in range(start, start + line * height, line)]
        return cls(width, height, rows)

    @classmethod
    def of_png(cls, data):
        """A picture as the program draws it: eight bits a channel, RGB or RGBA, not interlaced."""
        if not data.startswith(SIGNATURE):
            raise ValueError("no PNG")
        packed, at = b"", len(SIGNATURE)
        while at < len(data):
            length, kind = struct.unpack(">I4s", data[at : at + 8])
            content = data[at + 8 : at + 8 + length]
            at += length + 12
            if kind == b"IHDR":
                width, height, depth, colours, *_, interlaced = struct.unpack(">IIBBBBB", content)
            elif kind == b"IDAT":
                packed += content
        channels = {2: 3, 6: 4}.get(colours)
        if depth != 8 or interlaced or channels is None:
            raise ValueError(f"no such PNG: {depth} bits, colours {colours}")
        raw, line = zlib.decompress(packed), width * channels
        rows, above = [], bytes(line)
        for at in range(0, (line + 1) * height, line + 1):
            above = _unfilter(raw[at], raw[at + 1 : at + 1 + line], above, channels)
            rows.append(_without_alpha(above) if channels == 4 else above)
        return cls(width, height, rows)

    def save(self, path):
        """Keeps the picture as PNG."""
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\0" + row for row in self.rows), 6)
        with open(path, "wb") as file:
            file.write(SIGNATURE)
            for kind, content in ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")):
                check = zlib.crc32(kind + content)
                file.write(struct.pack(">I", len(content)) + kind + content)
                file.write(struct.pack(">I", check))

    def moved(self, across, down):
        """The picture that many pixels to the right and below; what comes in is black."""
        empty, blank = bytes(abs(across) * 3), bytes(self.width * 3)
        if across < 0:
            rows = [row[-across * 3 :] + empty for row in self.rows]
        else:
            rows = [empty + row[: (self.width - across) * 3] for row in self.rows]
        blanks = [blank] * abs(down)
        rows = rows[-down:] + blanks if down < 0 else blanks + rows[: self.height - down]
        return Picture(self.width, self.height, rows)

    def is_of_one_colour(self):
        """Nothing drawn."""
        first = self.rows[0][:3] * self.width
        return all(row == first for row in self.rows)

    def likeness(self, other):
        """The share of tiles that are equal in every pixel, from 0 to 1."""
        if (self.width, self.height) != (other.width, other.height):
            return 0.0
        mine, theirs = self.tiles(), other.tiles()
        return sum(a == b for a, b in zip(mine, theirs)) / len(mine)

    def tiles(self):
        if self._tiles is None:
            step = TILE * 3
            self._tiles = [
                b"".join(row[at : at + step] for row in self.rows[top : top + TILE])
                for top in range(0, self.height, TILE)
                for at in range(0, self.width * 3, step)
            ]
        return self._tiles


def _without_alpha(row):
    colours = bytearray(len(row) // 4 * 3)
    for channel in range(3):
        colours[channel::3] = row[channel::4]
    return bytes(colours)


def _unfilter(kind, row, above, step):
    """Undoes the filter of one row (PNG specification, section 9)."""
    if kind == 0:
        return row
    if kind == 1:
        whole = bytearray(len(row))
        for channel in range(step):
            whole[channel::step] = bytes(accumulate(row[channel::step], lambda a, b: a + b & 255))
        return bytes(whole)
    if kind == 2:
        return bytes(a + b & 255 for a, b in zip(row, above))
    whole = bytearray(row)
    for at, value in enumerate(row):
        left, corner = (whole[at - step], above[at - step]) if at >= step else (0, 0)
        up = above[at]
        if kind == 3:
            guess = (left + up) // 2
        else:
            to_left, to_up = abs(up - corner), abs(left - corner)
            to_corner = abs(left + up - 2 * corner)
            if to_left <= to_up and to_left <= to_corner:
                guess = left
            else:
                guess = up if to_up <= to_corner else corner
        whole[at] = value + guess & 255
    return bytes(whole)
