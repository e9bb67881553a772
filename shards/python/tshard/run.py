"""Read runs and their shards by numpy alone, as tamis-shard(5) describes them."""
import bisect
import errno
import hashlib
import os
import struct

import numpy as np

from .batches import NONE, PAD, SEG, TshardError
from .crc32c import crc32c
from .xxh3 import xxh3_64

try:
    import xxhash
    section_hash = xxhash.xxh3_64_intdigest
except ImportError:
    xxhash = None
    section_hash = xxh3_64

BLOCK, HEADER, ENTRY, SAMPLES = 1 << 16, 256, 64, 2
WINDOW = 16 * BLOCK


def failed(path, e):
    code = 2 if e.errno in (errno.ENOENT, errno.ENOTDIR) else 4
    return TshardError(f"{path}: {os.strerror(e.errno)}", code)


def open_file(path):
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as e:
        raise failed(path, e) from None


def read_at(fd, path, at, n):
    """n bytes of a file, which may be shorter than its sidecar says."""
    parts, end = [], at + n
    while at < end:
        try:
            part = os.pread(fd, min(end - at, 1 << 30), at)
        except OSError as e:
            raise failed(f"{path}: byte {at}: cannot read", e) from None
        if not part:
            raise TshardError(f"{path}: byte {at}: the file ends here: copy it again")
        parts.append(part)
        at += len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


class Header:
    """The header of a sidecar."""

    def __init__(self, raw, path):
        if raw[:8] != b"\x89SDX\r\n\x1a\n":
            raise TshardError(f"{path}: byte 0: not a sidecar: name a shard")
        if crc32c(raw[:252]) != struct.unpack_from("<I", raw, 252)[0]:
            raise TshardError(f"{path}: byte 252: the checksum of the header differs: use an intact copy")
        self.major, self.minor, self.bytes, self.sdx_bytes, self.bin_bytes = struct.unpack_from("<HHIQQ", raw, 8)
        if self.major != 1 or self.bytes != HEADER:
            raise TshardError(f"{path}: byte 8: version {self.major}, this program reads 1: update it")
        self.kind, self.encoding, _, self.vocab, self.seq_len, _ = struct.unpack_from("<6I", raw, 32)
        (self.tokens, self.samples, self.segments, self.docs, self.first_sample, self.run_samples, self.no, self.count,
         self.eod, self.pad, self.bos, self.n_sections) = struct.unpack_from("<6Q6I", raw, 56)
        self.payload, self.run_id = raw[128:144], raw[208:224].hex()
        self.n_sources, = struct.unpack_from("<I", raw, 240)
        if self.encoding > 1:
            raise TshardError(f"{path}: byte 36: encoding {self.encoding}, this program reads 0 and 1: update it")


class Shard:
    """A shard of samples."""

    def __init__(self, run, line, check):
        self.check = check
        prefix = os.path.join(run.path, f"shard-{line.no:05d}")
        self.sdx, self.bin = prefix + ".sdx", prefix + ".bin"
        self.fd = open_file(self.bin)
        try:
            self.open(run, line)
        except BaseException:
            self.close()
            raise

    def open(self, run, line):
        sdx = open_file(self.sdx)
        try:
            raw = read_at(sdx, self.sdx, 0, HEADER)
            self.header = h = Header(raw, self.sdx)
            table = read_at(sdx, self.sdx, HEADER, ENTRY * h.n_sections)
            differs = line.is_other(h) or run.minor >= 1 and hashlib.sha256(raw + table).digest() != line.digest
            if differs:
                raise TshardError(f"{self.sdx}: disagrees with run.tsv: run 'tamis verify' on the run")
            self.read_table(sdx, table)
        finally:
            os.close(sdx)
        self.ids = np.dtype("<u2" if h.encoding == 0 else "<u4")
        self.window, self.first = b"", 0
        if os.fstat(self.fd).st_size != h.bin_bytes:
            raise TshardError(f"{self.bin}: has {os.fstat(self.fd).st_size} bytes, must have {h.bin_bytes}: copy it again")

    def read_table(self, fd, table):
        where = {}
        for i in range(0, len(table), ENTRY):
            tag, at, n, count, each, _, xxh3, crc = struct.unpack_from("<8sQQQIIQ12xI", table, i)
            if crc32c(table[i : i + 60]) != crc:
                raise TshardError(f"{self.sdx}: byte {HEADER + i}: the checksum of the entry differs: use an intact copy")
            where[tag.rstrip(b"\0").decode()] = at, n, xxh3

        def section(tag, dtype, count):
            at, n, xxh3 = where.get(tag, (0, 0, 0))
            if n != count * np.dtype(dtype).itemsize:
                raise TshardError(f"{self.sdx}: section {tag} has {n} bytes, must have {count * np.dtype(dtype).itemsize}: regenerate the shard")
            data = read_at(fd, self.sdx, at, n)
            if self.check and section_hash(data) != xxh3:
                raise TshardError(f"{self.sdx}: byte {at}: the checksum of section {tag} differs: use an intact copy")
            return np.frombuffer(data, dtype)

        h = self.header
        self.crc = section("BLKCRC", "<u4", -(-h.bin_bytes // BLOCK))
        self.index = section("SEGIDX", "<u8", h.samples + 1)
        self.segs = section("SEG", SEG, h.segments)
        self.nexts = section("NEXT", "<u4", h.samples)

    def close(self):
        os.close(self.fd)

    def blocks(self, at, n):
        """Move the window to whole blocks that contain n bytes, and more in sequential use."""
        start = at // BLOCK * BLOCK
        size = WINDOW if start == self.first + len(self.window) else -(-(at - start + n) // BLOCK) * BLOCK
        size = min(size, self.header.bin_bytes - start)
        self.window = b""
        window = read_at(self.fd, self.bin, start, size)
        for i in range(0, size if self.check else 0, BLOCK):
            if crc32c(window[i : i + BLOCK]) != self.crc[(start + i) // BLOCK]:
                self.damaged(start + i, min(BLOCK, size - i))
        self.first, self.window = start, window

    def damaged(self, at, n):
        each, h = self.ids.itemsize * self.header.seq_len, self.header
        first, last = (h.first_sample + x // each for x in (at, at + n - 1))
        raise TshardError(f"{self.bin}: byte {at}: the checksum of block {at // BLOCK}, samples {first} to {last}, "
                          "differs: use an intact copy")

    def sample(self, i):
        """Ids, segments and the token that follows, of sample i of the shard."""
        n = self.header.seq_len * self.ids.itemsize
        at, left, parts = i * n, n, []
        while left > 0:
            if not self.first <= at < self.first + len(self.window):
                self.blocks(at, left)
            part = self.window[at - self.first : at - self.first + left]
            parts.append(part)
            at, left = at + len(part), left - len(part)
        ids = np.frombuffer(b"".join(parts), self.ids).astype(np.uint32).view(np.int32)
        segs = self.segs[int(self.index[i]) : int(self.index[i + 1])]
        wrong = self.wrong(segs)
        if wrong:
            raise TshardError(f"{self.sdx}: SEGIDX row {i}: {wrong}: use an intact copy")
        return ids, segs, int(self.nexts[i])

    def wrong(self, segs):
        starts, h = segs["start"], self.header
        if len(segs) == 0:
            return "the number of segments is out of range"
        if starts[0] != 0 or (starts[1:] <= starts[:-1]).any() or starts[-1] >= h.seq_len:
            return "a segment does not start after the one before it"
        if (segs["source"] != segs["source"][0]).any() or segs["source"][0] >= h.n_sources:
            return "a segment of another source"
        if (segs["row"][(segs["flags"] & PAD) == 0] >= h.docs).any():
            return "a segment of a document that the shard does not have"
        return None


class Line:
    """A line of run.tsv."""

    def __init__(self, text):
        fields = text.split("\t")
        self.no, self.first_sample, self.samples, self.seq_len, self.tokens, self.bin_bytes = map(int, fields[:6])
        self.payload, self.digest = map(bytes.fromhex, fields[6:])

    def is_other(self, h):
        return (h.kind, h.no, h.first_sample, h.samples, h.seq_len, h.tokens, h.bin_bytes, h.payload) != (
            SAMPLES, self.no, self.first_sample, self.samples, self.seq_len, self.tokens, self.bin_bytes, self.payload)


class Run:
    """The directory of a run."""

    def __init__(self, path):
        self.path = os.fspath(path)
        name = os.path.join(self.path, "run.tsv")
        fd = open_file(name)
        try:
            text = read_at(fd, name, 0, os.fstat(fd).st_size)
        finally:
            os.close(fd)
        self.lines = self.parse(name, text)
        first = self.lines[0]
        sdx = os.path.join(self.path, f"shard-{first.no:05d}.sdx")
        fd = open_file(sdx)
        try:
            h = Header(read_at(fd, sdx, 0, HEADER), sdx)
        finally:
            os.close(fd)
        if h.kind != SAMPLES:
            raise TshardError(f"{self.path}: holds documents, not samples: run 'tamis mix'")
        if first.is_other(h):
            raise TshardError(f"{name}: the line of its first shard disagrees with {sdx}: run 'tamis verify' on the run")
        self.run_id, self.seq_len, self.vocab = h.run_id, h.seq_len, h.vocab
        self.eod, self.pad, self.bos = (None if x == NONE else x for x in (h.eod, h.pad, h.bos))
        self.first_sample = first.first_sample
        self.end = self.lines[-1].first_sample + self.lines[-1].samples
        self.starts = [line.first_sample for line in self.lines]

    @property
    def samples(self):
        """The number of samples in the run."""
        return self.end - self.first_sample

    def check_id(self, run_id):
        """Refuse a state of another run; None fits any."""
        if run_id not in (None, self.run_id):
            raise TshardError(f"{self.path}: is another run: its id differs from the one to resume: "
                              "name that one, or, if this one lengthens it, omit the id")

    def seq_at(self, sample):
        """The tokens of a sample, which may differ from phase to phase; at the end of the run, of the last one."""
        return self.lines[max(bisect.bisect_right(self.starts, sample) - 1, 0)].seq_len

    def parse(self, name, text):
        head, last = text[: text.rfind(b"\n", 0, -1) + 1], text[text.rfind(b"\n", 0, -1) + 1 :]
        if last != b"sha256\t" + hashlib.sha256(head).hexdigest().encode() + b"\n":
            raise TshardError(f"{name}: the checksum in its last line differs: use an intact copy")
        lines = head.decode().splitlines()
        self.minor = 0
        if lines and lines[0].startswith("tamis-run "):
            version = lines.pop(0)
            if version != "tamis-run 1.1":
                raise TshardError(f"{name}: line 1: '{version}', this program reads 1.1: update it")
            self.minor = 1
        try:
            return [Line(line) for line in lines] if lines else [Line("")]
        except ValueError:
            raise TshardError(f"{name}: not the list of a run: run 'tamis verify' on the run") from None

    def find(self, sample):
        """The line of the shard that has a sample, and its number in the shard."""
        line = self.lines[bisect.bisect_right(self.starts, sample) - 1]
        if not 0 <= sample - line.first_sample < line.samples:
            raise TshardError("no shard contains it")
        return line, sample - line.first_sample
