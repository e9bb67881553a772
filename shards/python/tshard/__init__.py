"""Feed tamis runs to training programs: see docs/reading-from-python.md."""
from .batches import TshardError
from .feed import Feed, native_library, stream_hash
from .run import Run

__all__ = ["Feed", "Run", "TshardError", "native_library", "stream_hash"]
__version__ = "0.1.0"
