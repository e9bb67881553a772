"""XXH3 of 64 bits by numpy, for sections that are compared without the module xxhash."""
import numpy as np

# The default secret and the primes of XXH3: constants of the algorithm.
SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221"
    "b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
    "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb"
    "170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e"
)
PRIMES32 = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D
PRIMES64 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
MASK = (1 << 64) - 1
STRIPE, STRIPES = 64, 16  # bytes of a stripe, and stripes between two scrambles
BLOCKS = 4096  # whose sums are computed at a time


def _u64(data, at):
    return int.from_bytes(data[at : at + 8], "little")


def _u32(data, at):
    return int.from_bytes(data[at : at + 4], "little")


def _fold(a, b):
    product = a * b
    return product & MASK ^ product >> 64


def _avalanche(h):
    h ^= h >> 37
    h = h * 0x165667919E3779F9 & MASK
    return h ^ h >> 32


def _older(h):
    """The last step of XXH64, which the shortest inputs take."""
    h ^= h >> 33
    h = h * PRIMES64[1] & MASK
    h ^= h >> 29
    h = h * PRIMES64[2] & MASK
    return h ^ h >> 32


def _mix(data, at, secret):
    return _fold(_u64(data, at) ^ _u64(SECRET, secret), _u64(data, at + 8) ^ _u64(SECRET, secret + 8))


def _to_16(data):
    n = len(data)
    if n > 8:
        lo = _u64(data, 0) ^ _u64(SECRET, 24) ^ _u64(SECRET, 32)
        hi = _u64(data, n - 8) ^ _u64(SECRET, 40) ^ _u64(SECRET, 48)
        swapped = int.from_bytes(lo.to_bytes(8, "little"), "big")
        return _avalanche(n + swapped + hi + _fold(lo, hi) & MASK)
    if n > 3:
        h = _u32(data, n - 4) + (_u32(data, 0) << 32) ^ _u64(SECRET, 8) ^ _u64(SECRET, 16)
        h ^= (h << 49 | h >> 15) & MASK ^ (h << 24 | h >> 40) & MASK
        h = h * 0x9FB21C651E98DF25 & MASK
        h ^= (h >> 35) + n
        h = h * 0x9FB21C651E98DF25 & MASK
        return h ^ h >> 28
    if n > 0:
        joined = data[0] << 16 | data[n >> 1] << 24 | data[n - 1] | n << 8
        return _older(joined ^ _u32(SECRET, 0) ^ _u32(SECRET, 4))
    return _older(_u64(SECRET, 56) ^ _u64(SECRET, 64))


def _to_240(data):
    n = len(data)
    h = n * PRIMES64[0]
    if n <= 128:
        for i in reversed(range((n - 1) // 32 + 1)):
            h += _mix(data, 16 * i, 32 * i) + _mix(data, n - 16 * (i + 1), 32 * i + 16)
        return _avalanche(h & MASK)
    h += sum(_mix(data, 16 * i, 16 * i) for i in range(8))
    h = _avalanche(h & MASK)
    h += sum(_mix(data, 16 * i, 16 * (i - 8) + 3) for i in range(8, n // 16))
    return _avalanche(h + _mix(data, n - 16, 119) & MASK)


def _sums(words, keys):
    """What stripes add to the eight accumulators: words is [blocks, stripes, 8], keys [stripes, 8]."""
    keyed = words ^ keys
    product = (keyed & np.uint64(0xFFFFFFFF)) * (keyed >> np.uint64(32))
    # Each word itself goes to the neighbour of its accumulator.
    swapped = words[:, :, [1, 0, 3, 2, 5, 4, 7, 6]]
    return (product + swapped).sum(axis=1, dtype=np.uint64)


def _keys(at, stripes):
    return np.stack([np.frombuffer(SECRET, "<u8", 8, at + 8 * i) for i in range(stripes)])


def _long(data):
    n = len(data)
    acc = np.array([PRIMES32[2], *PRIMES64[:4], PRIMES32[1], PRIMES64[4], PRIMES32[0]], np.uint64)
    size, keys, scramble = STRIPE * STRIPES, _keys(0, STRIPES), _keys(128, 1)[0]
    blocks = (n - 1) // size
    by, shift = np.uint64(PRIMES32[0]), np.uint64(47)
    for first in range(0, blocks, BLOCKS):
        m = min(BLOCKS, blocks - first)
        words = np.frombuffer(data, "<u8", m * size // 8, first * size).reshape(m, STRIPES, 8)
        for add in _sums(words, keys):
            acc += add
            acc ^= acc >> shift ^ scramble
            acc *= by
    rest = (n - 1 - blocks * size) // STRIPE
    if rest:
        words = np.frombuffer(data, "<u8", 8 * rest, blocks * size).reshape(1, rest, 8)
        acc += _sums(words, keys[:rest])[0]
    acc += _sums(np.frombuffer(data, "<u8", 8, n - STRIPE).reshape(1, 1, 8), _keys(121, 1))[0]
    v = acc.tolist()
    h = n * PRIMES64[0] + sum(
        _fold(v[i] ^ _u64(SECRET, 11 + 8 * i), v[i + 1] ^ _u64(SECRET, 19 + 8 * i)) for i in range(0, 8, 2))
    return _avalanche(h & MASK)


def xxh3_64(data):
    """XXH3 of bytes with seed 0, as a number."""
    n = len(data)
    return _to_16(data) if n <= 16 else _to_240(data) if n <= 240 else _long(data)
