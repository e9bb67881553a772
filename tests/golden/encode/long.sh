# A document of more than a million ids: the ids pass through a file, and are those of the whole text.
python3 "$(dirname "$0")/../sp_model.py" >m
# long [END]: a document with a token of each kind over and over, 1.5 million in all
long() {
	awk -v end="${1-}" 'BEGIN {
		printf "{\"id\":\"x\",\"text\":\""
		for (i = 0; i < 75000; i++) printf "ab ba a b bab abba  "
		print end "\"}" }'
}
{ echo '{"text":"ab"}' && long && echo '{"text":"ba"}'; } >in
try 'tamis encode -q -m m --check --ids in | tamis decode -m m | cmp - <(grep -o "\"text.*" in | sed "s/^/{/") && echo same'
try tamis encode -m m --bos -o s in
try tamis verify -q s
try 'tamis cat --all --plain s | cut -c 1-60'
try 'tamis cat --all -m m s | cksum; tamis encode -q -m m --ids in | cksum; tamis encode -q -m m --pieces in | cksum'
# The parts of --fim, and their marks, too.
head -n 1 in | tamis vocab -q --size 290 --control-symbols '<fim_prefix>,<fim_suffix>,<fim_middle>' -o v - 2>/dev/null
try 'for spm in 0 1; do tamis encode -q -m v --fim 1 --fim-spm $spm --check --ids in | cut -c 1-60; done'
try 'for spm in 0 1; do tamis encode -q -m v --fim 1 --fim-spm $spm --check --ids in | cksum; done'
# A document that turns out bad at its end leaves nothing.
long '\u2581' >bad
try tamis encode -q -m m --check -o t bad
try tamis encode -q -m m --eod b -o t bad
try 'tamis encode -q -m m --on-bad=skip --check -o t bad in 2>&1 && tamis info t | grep documents'
try 'ls; ls "$TMPDIR"'
try tamis encode -q -m m --tmp missing -o u in
try 'ls'
