"""readers.py - read FILE.zst and FILE.gz by Python libraries; each must give all of FILE."""

import gzip
import importlib
import io
import os
import sys
import tempfile

path = sys.argv[1]
with open(path, "rb") as f:
    want = f.read()
rows = want.count(b"\n")
failed = 0


def have(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"readers: skipped: no {name}")
        return None


def check(name, got, expected):
    global failed
    if got != expected:
        failed += 1
        show = (lambda x: f"{len(x)} bytes" if isinstance(x, bytes) else x)
        print(f"readers: {name}: {show(got)}, expected {show(expected)}")


def call(name, expected, f):
    global failed
    try:
        check(name, f(), expected)
    except ModuleNotFoundError as e:  # an optional part of the reader
        print(f"readers: skipped: {name}: {e}")
    except Exception as e:  # a reader may raise anything
        failed += 1
        print(f"readers: {name}: {type(e).__name__}: {e}")


def zstandard_styles(z):
    with open(path + ".zst", "rb") as f:
        data = f.read()
    new = z.ZstdDecompressor

    def read_in_pieces(n):
        with new().stream_reader(io.BytesIO(data)) as r:
            return b"".join(iter(lambda: r.read(n), b""))

    def copy():
        out = io.BytesIO()
        new().copy_stream(io.BytesIO(data), out)
        return out.getvalue()

    def write():
        out = io.BytesIO()
        with new().stream_writer(out, closefd=False) as w:
            w.write(data)
        return out.getvalue()

    def text():
        with z.open(path + ".zst", "rt", encoding="utf-8", newline="\n") as f:
            return f.read().encode()

    call("zstandard one-shot", want, lambda: new().decompress(data))
    call("zstandard decompressobj", want, lambda: new().decompressobj().decompress(data))
    call("zstandard stream_reader", want, lambda: read_in_pieces(8191))
    call("zstandard stream_reader, read all", want, lambda: new().stream_reader(data).read())
    call("zstandard read_to_iter", want, lambda: b"".join(new().read_to_iter(data)))
    call("zstandard copy_stream", want, copy)
    call("zstandard stream_writer", want, write)
    call("zstandard open", want, text)
    call("zstandard size", len(want), lambda: z.frame_content_size(data))


for suffix in ".zst", ".gz":
    name = path + suffix
    if m := have("pandas"):
        call("pandas" + suffix, rows, lambda: len(m.read_json(name, lines=True)))
        call("pandas in chunks" + suffix, rows,
             lambda: sum(len(c) for c in m.read_json(name, lines=True, chunksize=1000)))
    if have("pyarrow"):
        from pyarrow import input_stream
        call("pyarrow stream" + suffix, want, lambda: input_stream(name).read())
        from pyarrow import json
        call("pyarrow json" + suffix, rows, lambda: json.read_json(
            input_stream(name), read_options=json.ReadOptions(block_size=1 << 24)).num_rows)
    if m := have("duckdb"):
        call("duckdb" + suffix, rows, lambda: m.sql(
            f"SELECT count(*) FROM read_json('{name}', format='newline_delimited')").fetchall()[0][0])
    if m := have("polars"):
        call("polars read_ndjson" + suffix, rows, lambda: m.read_ndjson(name).height)
        call("polars scan_ndjson" + suffix, rows, lambda: m.scan_ndjson(name).collect().height)
    if m := have("smart_open"):
        call("smart_open" + suffix, want, lambda: m.open(name, "rb").read())
    if m := have("fsspec"):
        call("fsspec" + suffix, want, lambda: m.open(name, "rb", compression="infer").open().read())
    if m := have("datasets"):
        with tempfile.TemporaryDirectory() as d:
            call("datasets" + suffix, rows, lambda: m.load_dataset(
                "json", data_files=name, cache_dir=d, split="train").num_rows)
            call("datasets streaming" + suffix, rows, lambda: sum(1 for _ in m.load_dataset(
                "json", data_files=name, streaming=True, split="train")))
if m := have("zstandard"):
    zstandard_styles(m)
with gzip.open(path + ".gz") as f:
    check("gzip", f.read(), want)
with open(path + ".gz", "rb") as f:
    check("gzip.decompress", gzip.decompress(f.read()), want)
sys.stdout.flush()
os._exit(1 if failed else 0)
