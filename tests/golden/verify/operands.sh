# verify rejects operands that are neither a shard nor a run.
docs en 1 40 | tamis encode -q -m m -o en
try tamis verify
try tamis verify absent
try tamis verify t
try tamis verify m
try tamis verify absent/
mkdir sub
try tamis verify sub
touch sub/notes
try tamis verify sub
try tamis verify -q absent en
try tamis verify -q en absent
