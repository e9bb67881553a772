#!/bin/bash
# readers.sh - other programs read all of our .zst and .gz, in every way that they offer.
#
# PEER_PYTHON names a python3 that has some of pandas, pyarrow, duckdb, polars, datasets,
# zstandard, smart_open and fsspec; default: python3.  Missing readers are skipped, and go,
# which compiles its library for 18 s, runs only if PEER_PYTHON is set.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
export HF_HUB_OFFLINE=1 HF_DATASETS_OFFLINE=1 HF_DATASETS_DISABLE_PROGRESS_BARS=1

# Several jobs of the compressor, and more than one block of the driver.
corpus 5 9000 >in.jsonl
# Readers of one schema need the fields in each line; long lines need no repair.
tamis norm -q in.jsonl | tamis length -q -o want.jsonl
: >none.jsonl
head -n 1 want.jsonl >one.jsonl
for f in want none one; do
	for j in 1 2 8; do
		tamis length -q -j $j -o $f.$j.zst $f.jsonl
		tamis length -q -j $j -z -o $f.$j.gz $f.jsonl
		tamis length -q -j $j -z $f.jsonl >$f.$j.pipe.zst
	done
	for s in zst gz pipe.zst; do
		cmp $f.1.$s $f.2.$s
		cmp $f.1.$s $f.8.$s
	done
	for s in zst pipe.zst; do
		zstd -dcq $f.1.$s | cmp - $f.jsonl
		# One frame, and in a file its size.
		[ "$(zstd -lv $f.1.$s 2>/dev/null | awk '/^# Zstandard Frames/ { print $4 }')" = 1 ]
	done
	[ "$(zstd -lv $f.1.zst 2>/dev/null | sed -n 's/^Decompressed Size: .*(\([0-9]*\) B)/\1/p')" = "$(wc -c <$f.jsonl)" ]
	gzip -dc $f.1.gz | cmp - $f.jsonl
	mv $f.1.zst $f.jsonl.zst
	mv $f.1.gz $f.jsonl.gz
done

# A file per value has its own compressor; it is as deterministic.
awk '{ sub(/}$/, ",\"k\":\"" NR % 3 "\"}"); print }' want.jsonl >keyed.jsonl
tamis length -q -j1 -z --split-by k -o a keyed.jsonl
tamis length -q -j8 -z --split-by k -o b keyed.jsonl
diff -r a b
zstd -dcq a/0.jsonl.zst a/1.jsonl.zst a/2.jsonl.zst | sort | cmp - <(sort keyed.jsonl)

has() {
	command -v "$1" >/dev/null && return
	echo "readers: skipped: no $1"
	return 1
}
if has perl && perl -MIO::Uncompress::Gunzip -e 1 2>/dev/null; then
	# MultiStream off: it stops after the first member.
	perl -MIO::Uncompress::Gunzip=gunzip -e 'gunzip $ARGV[0], "-" or die' want.jsonl.gz | cmp - want.jsonl
fi
if has node; then
	node -e 'const fs = require("fs"), z = require("zlib");
		process.stdout.write(z.gunzipSync(fs.readFileSync("want.jsonl.gz")))' | cmp - want.jsonl
	node -e 'const fs = require("fs"), z = require("zlib");
		fs.createReadStream("want.jsonl.gz").pipe(z.createGunzip()).pipe(process.stdout)' | cmp - want.jsonl
	node -e 'process.exit(require("zlib").zstdDecompressSync ? 0 : 1)' &&
		node -e 'const fs = require("fs"), z = require("zlib");
			process.stdout.write(z.zstdDecompressSync(fs.readFileSync("want.jsonl.zst")))' | cmp - want.jsonl
fi
if [ -z "${PEER_PYTHON-}" ]; then
	echo "readers: skipped: go: set PEER_PYTHON to compile and run it"
elif has go; then
	cat >gunzip.go <<'END'
package main

import (
	"compress/gzip"
	"io"
	"os"
)

func main() {
	r, err := gzip.NewReader(os.Stdin)
	if err != nil {
		panic(err)
	}
	r.Multistream(false)
	if _, err = io.Copy(os.Stdout, r); err != nil {
		panic(err)
	}
}
END
	if GOCACHE=$top/go GOFLAGS=-mod=mod go build -o gunzip gunzip.go 2>/dev/null; then
		./gunzip <want.jsonl.gz | cmp - want.jsonl
	else
		echo "readers: skipped: go cannot build"
	fi
fi
if has java; then
	cat >Gunzip.java <<'END'
import java.util.zip.GZIPInputStream;

class Gunzip {
	public static void main(String[] args) throws Exception {
		new GZIPInputStream(System.in).transferTo(System.out);
	}
}
END
	if java Gunzip.java <none.jsonl.gz >/dev/null 2>&1; then
		java Gunzip.java <want.jsonl.gz | cmp - want.jsonl
	else
		echo "readers: skipped: java cannot run a source file"
	fi
fi
[ "${TAMIS_TEST_SAN-}" ] || "${PEER_PYTHON:-python3}" "$here/readers.py" want.jsonl
