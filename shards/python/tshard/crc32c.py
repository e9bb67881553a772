"""CRC32C by numpy: strips of 64 bytes side by side, then joined in pairs."""
import numpy as np

STRIP = 64


def _byte_table():
    t = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        t = np.where(t & 1, t >> 1 ^ np.uint32(0x82F63B78), t >> 1)
    return t


def _advance(tables, crc):
    """What crc becomes after as many zero bytes as the tables stand for."""
    return tables[0][crc & 255] ^ tables[1][crc >> 8 & 255] ^ tables[2][crc >> 16 & 255] ^ tables[3][crc >> 24]


def _zero_tables(levels):
    """Tables for 1, 2, 4... zero bytes."""
    crc = np.arange(256, dtype=np.uint32)[None, :] << (8 * np.arange(4, dtype=np.uint32))[:, None]
    tables = [_BYTE[crc & 255] ^ crc >> 8]
    for _ in range(levels - 1):
        tables.append(_advance(tables[-1], tables[-1]))
    return tables


_BYTE = _byte_table()
_ZEROS = _zero_tables(33)


def crc32c(data):
    """CRC32C of bytes."""
    data = np.frombuffer(data, np.uint8)
    n = len(data)
    strips = 1
    while strips * STRIP < n:
        strips *= 2
    # Zeros in front change nothing, as long as the CRC starts with 0.
    padded = np.zeros(strips * STRIP, np.uint8)
    padded[len(padded) - n :] = data
    columns = np.ascontiguousarray(padded.reshape(strips, STRIP).T)
    crc = np.zeros(strips, np.uint32)
    for column in columns:
        crc = _BYTE[(crc ^ column) & 255] ^ crc >> 8
    level = STRIP.bit_length() - 1
    while len(crc) > 1:
        crc = _advance(_ZEROS[level], crc[::2]) ^ crc[1::2]
        level += 1
    start = np.array([0xFFFFFFFF], np.uint32)
    for level in range(n.bit_length()):
        if n >> level & 1:
            start = _advance(_ZEROS[level], start)
    return int(crc[0] ^ start[0]) ^ 0xFFFFFFFF
