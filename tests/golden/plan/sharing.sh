# Groups are split by alpha, by UniMax, within bounds; three phases of two lengths.
# docs NAME N: a shard NAME of N documents
docs() {
	awk -v name="$1" -v n="$2" 'BEGIN {
		for (i = 1; i <= n; i++)
			printf "{\"id\":\"%s-%d\",\"text\":\"the mill %s number %d\"}\n", name, i, name, i
	}' | tamis encode -q -m m -o "$1"
}
awk 'BEGIN { for (i = 0; i < 20; i++) printf "{\"text\":\"the mill number %d\"}\n", i }' >t
tamis vocab -q --size 285 -o m t
docs en 400
docs de 200
docs fr 60
docs is 5
docs c 80
docs py 300
docs lua 8
cat >p <<'PLAN'
tamis-plan 1
seq 16
batch 0 2
batch 3K 4
phase bulk   8K
phase anneal 2K
phase long   1K seq=64 shard=5
group en    0.7 weight.long=0.6
group multi 0.15 alpha=0.3 cap=16
group code  0.15 unimax=4 weight.long=0.25
source en en in=en
source de de in=multi
source fr fr in=multi
source is is in=multi
source c c in=code
source py py in=code
source lua lua in=code
PLAN
try tamis plan -n p
try 'tamis plan p | grep -v -e ^docs -e ^tokenizer -e ^xxh3'
plan() {
	printf 'tamis-plan 1\nseq 16\nphase p 8K\n%b' "$1" >p
	note "plan: $1"
	try tamis plan -n p
}
multi='source de de in=g\nsource fr fr in=g\nsource is is in=g\n'
plan "group g 1\n$multi"
plan "group g 1 alpha=0.5\n$multi"
plan "group g 1 temperature=2\n$multi"
plan "group g 1 alpha=0\n$multi"
plan "group g 1 max=0.6\n$multi"
plan "group g 1 min=0.15\n$multi"
plan "group g 1 min=0.15 max=0.6\n$multi"
plan "group g 1 max=0.3\n$multi"
plan "group g 1 min=0.4\n$multi"
plan 'group g 1 min=0.3\nsource de de in=g weight=0.5\nsource fr fr in=g\nsource is is in=g\n'
plan "group g 1 unimax=20\n$multi"
plan "group g 1 unimax=1\n$multi"
# unimax= concerns sources without a weight.
fixed='source de de in=g weight=0.5\nsource fr fr in=g weight=0.5\n'
plan "group g 1 unimax=2\n$fixed"
plan 'group g 1\nsource de de in=g times=3\nsource fr fr in=g times=10\nsource is is in=g times=0.5\n'
# A share below 10^-12.
plan 'group g 0.000000000001\ngroup h 0.999999999999\nsource de de in=g\nsource fr fr in=h\nsource is is in=g\n'
printf 'tamis-plan 1\nseq 16\nphase p max\ngroup g 1 unimax=1\n%b' "$multi" >p
try tamis plan -n p
printf 'tamis-plan 1\nseq 16\nphase p max\ngroup g 1 unimax=1\n%b' "$fixed" >p
try tamis plan -n p
