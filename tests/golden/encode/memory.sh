# Lack of memory is exit 4 with one line that names options of the command, and never a skipped document.
[ -z "${TAMIS_TEST_SAN-}" ] || skip "sanitizers need all of the address space"
python3 "$(dirname "$0")/../sp_model.py" >m
awk 'BEGIN { printf "{\"text\":\""; for (i = 0; i < 2000000; i++) printf "ab"; print "\"}" }' >large
awk 'BEGIN { for (i = 0; i < 400000; i++) printf "{\"text\":\"%d%d\"}\n", i * 7919, i * 104729 }' >many
awk 'BEGIN { for (i = 0; i < 4000; i++) print "{\"text\":\"ab ba\"}" }' >small
set -o pipefail
limited() {
	(ulimit -v 200000 && tamis "$@" 2>&1) | sed -E 's/ allocating [0-9]+ bytes//'
}
tamis vocab -q --type unigram --size 300 -o unigram small 2>/dev/null
note "the library encodes a text as a whole, our engine in parts"
try limited encode -q -m unigram --engine sentencepiece --on-bad=skip -o whole large
try limited encode -q -m unigram --on-bad=skip -o parts large
try limited encode -q -m m --on-bad=skip -o large large
try limited encode -q -j 2 -m m -o small small
try limited vocab -q --size 2000 --trainer sentencepiece -o v many
note "vocab-train has no -j"
tr 0-9 a-j <many | tamis vocab-count -q -o counts
rm many
try limited vocab-train --size 2000 -m 8Gi -o v counts
rm counts
try 'ls | grep -v report'
