#!/bin/bash
# demo.sh - the demo on a small corpus: its report has every figure, no file is left out, no name is run as shell.
#
# usage: BIN=DIR tests/property/demo.sh
# It uses no network and installs nothing.
# shellcheck source=tests/property/prologue.sh
. "$(dirname "$0")/prologue.sh"
demo=$(cd "$here/../../examples/demo" && pwd)

die() {
	fail "$@"
	exit 1
}

# has TEXT: the last log has it
has() {
	grep -qF -- "$1" log || {
		tail -n 20 log
		die "no '$1'"
	}
}

# A make above the demo's, as that of tamis is.
cat >Makefile <<-'END'
	MAKEFLAGS += -j2
	quote = '$(subst ','\'',$(1))'
	all: ; @+$(MAKE) --no-print-directory -f $(DEMO)/Makefile CORPUS=$(call quote,$(CORPUS)) OUT=$(OUT) TAMIS=$(TAMIS) \
		MIN_DOCS=5 VOCAB='--size 600 --sample 1M' SEQ=128
END

# demo CORPUS: build it in out, with everything that is printed in log; 1 if it fails
demo() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make DEMO="$demo" CORPUS="$1" OUT="$tmp/out" TAMIS="$BIN/tamis" >log 2>&1
}

# put FILE FIRST LAST < LINES: some of these lines, in a file with this name
put() {
	mkdir -p "$(dirname "$1")"
	sed -n "$2,$3p" >"$1"
}

mkdir src
awk -v dir=. -f "$here/readme.awk"
tamis extract -q crawl.warc -o web.jsonl
find src -name '*.c' | sort | tamis extract -q --files-from - -o c.jsonl

# Every name that a shell or make might misread.
corpus="$tmp/my corpus; it's \`touch p0\`"
put "$corpus/web/plain.jsonl" 1 20 <web.jsonl
put "$corpus/web/a b.jsonl" 21 40 <web.jsonl
put "$corpus/web/\`touch p2\`.jsonl" 41 60 <web.jsonl
put "$corpus/web/; touch p3;.jsonl" 61 80 <web.jsonl
put "$corpus/web/\$(touch p4).jsonl" 81 100 <web.jsonl
put "$corpus/web/&touch p5&.jsonl" 101 120 <web.jsonl
put "$corpus/web/it's \"quoted\".jsonl" 121 140 <web.jsonl
put "$corpus/web/#hash.jsonl" 141 160 <web.jsonl
put "$corpus/web/a|touch p6.jsonl" 161 180 <web.jsonl
put "$corpus/web/*?[x]%=:.jsonl" 181 200 <web.jsonl
put "$corpus/web/two"$'\n'"lines.jsonl" 201 220 <web.jsonl
put "$corpus/-dash.jsonl" 221 240 <web.jsonl
put "$corpus/web/parts/-r \$HOME.jsonl" 241 270 <web.jsonl
put "$corpus/web/parts/deep/x.jsonl" 271 300 <web.jsonl
put "$corpus/code/c.jsonl" 1 60 <c.jsonl
gzip "$corpus/web/two"$'\n'"lines.jsonl"
# A source that quality empties: no line of these files is short.
awk 'BEGIN {
	for (i = 0; i < 6; i++) {
		printf "{\"id\":\"m%d.py\",\"path\":\"m%d.py\",\"text\":\"import os\\nx = [", i, i
		for (k = 0; k < 3000; k++)
			printf "%d, ", i * 3000 + k
		print "]\\n\"}"
	}
}' >"$corpus/code/python.jsonl"
echo 'not a corpus' >"$corpus/notes.txt"

demo "$corpus" || {
	cat log
	die 'does not build'
}
! compgen -G 'p[0-9]*' >/dev/null || die 'a name was run by a shell'
! grep -E 'warning|not found|No such|syntax' log || die 'a warning'
has "sources: 1 other files are not read, for example notes.txt"
has 'blend: code/python: no document is left: skipped'
grep -q '^source code/c ' out/mix.*/blend.plan || die 'no C in the plan'
! grep -q python out/mix.*/blend.plan || die 'an empty source in the plan'

# The report: 366 documents, and the figures of the run.
report=out/report.txt
[ "$(grep -c '<h2>Blend over the run\|<h2>Dropped documents' out/report.html)" = 2 ] || die 'the page lacks a part'
[ "$(awk '$1 == "route" && NF == 6 { print $2; exit }' $report)" = 366 ] || die 'not all documents were read'
want=$(tamis info --json out/mix.*/shards |
	sed -E 's/.*"tokens":([0-9]+),"loss.*"seq_len":([0-9]+),.*"samples":([0-9]+),"first.*/\3 samples of \2 tokens: \1 tokens/')
grep -qxF "$want" $report || die "no headline '$want'"
[[ $want =~ ^[1-9][0-9]*\ samples\ of\ 128\ tokens:\ [1-9] ]] || die "headline $want"
for group in code en multi; do
	grep -qE "^$group +[1-9][0-9]* +[1-9][0-9]* +[0-9]+\.[0-9]+ +[0-9.]+% +[0-9.]+%$" $report || die "no figures of group $group"
	grep -qE "^    # tokens 0-.*: source ${group}[/,]" $report || die "no sample of group $group"
done
for stage in route quality exact vocab encode mix verify; do
	grep -qE "^$stage +[1-9][0-9]* +[0-9]+\.[0-9] +[0-9]+\.[0-9]( +[0-9.]*[1-9][0-9.]* +[0-9.-]+)?$" $report || die "no time of $stage"
done
grep -qE '^mix +1 +[0-9.]+ +[0-9.]+ +[0-9.]*[1-9]' $report || die 'no MB of mix'
cp out/mix.*/shards/run.tsv run.tsv

# A second make does nothing.
demo "$corpus"
! grep -E '^(tag|route|mix) .* s$' log || die 'made again'

# A route that was killed has left its report, but not all of its files: then make finds out, and makes them again.
# So it does with a file of the user's that has changed.
rm out/route.*/text/de.jsonl out/route.*/routed.*
! demo "$corpus" || die 'builds without a language'
has 'routes: text: the report counts'
touch "$corpus/web/a b.jsonl"
demo "$corpus"
[ "$(grep -c '^tag .* s$' log)" = 1 ] || die 'one file changed, and not one source was tagged again'
cmp out/mix.*/shards/run.tsv run.tsv

# A figure that is missing is an error.
rm out/vocab.*/demo.model.times out/report.*/report.txt
! demo "$corpus" || die 'a report without the time of vocab'
has 'report: time of stage vocab: missing or zero'

# A group that vanishes, whatever the reports of its inputs count.
printf '{"read":9,"kept":0,"inputs":[{"report":{"kept":9}}]}\n' >code-c.sdx.report.json
printf '{"read":9,"kept":9,"inputs":[{"report":{"kept":0,"x":"\\"kept\\":0,"}}]}\n' >en.sdx.report.json
"$demo/blend" . 128 100 en | grep -q '^source en ' || die 'blend: no English'
! "$demo/blend" . 128 100 en code/c >plan 2>log || die 'blend: a group is gone'
has 'blend: group code: none of its sources has a document left'
printf '{"read":9}\n' >en.sdx.report.json
! "$demo/blend" . 128 100 en >plan 2>log || die 'blend: a report without kept'
has "field 'kept': missing"

# Names that have no letter or digit, that are too long, and links to nothing are refused by name.
refused() {
	rm -rf bad
	mkdir -p bad/web
	put bad/web/a.jsonl 1 20 <web.jsonl
	"$@"
	! demo bad || die "$*: not refused"
}
refused put 'bad/web/;.jsonl' 1 20 <web.jsonl
has "web/\\;.jsonl: its source 'web/-' needs a letter or digit"
refused put "bad/web/$(printf '%061d' 0).jsonl" 1 20 <web.jsonl
has '0.jsonl: the name of its source has 65 characters'
refused ln -s nothing 'bad/web/b c.jsonl'
has 'web/b\ c.jsonl: a link to a missing file'
rm -rf bad/web/*
! demo bad || die 'an empty corpus'
has 'bad: no .jsonl, .jsonl.gz or .jsonl.zst files'
! demo nowhere || die 'no corpus'
has 'nowhere: not a directory'
