# --tokens starts a new file before a document that does not fit; files of an earlier run are named.
try tamis export --to nanogpt --tokens 12 -o x a b
try 'wc -c x-*'
try tamis export --to nanogpt --tokens 12 -o x a b
try tamis export --to nanogpt --tokens 60 -o x --force a b
try tamis export --to nanogpt --tokens 1 -o y b
try 'wc -c y-*'
note 'beside the shard, with its name'
try tamis export --to olmo -o a a
try 'ls a.*'
