# take uses an exact number of conversations, those of a smaller number first.
sft 40 a
sft 12 b
ids() {
	tamis cat --all "$1" | sed -n "s/.*source $2, document '\(.*\)', offset.*/\1/p" | sort
}
for take in 4 9 25% all; do
	{ plan a b && printf 'take a %s\ntake b all\n' $take; } >p
	note "take a $take"
	rm -rf run
	try tamis mix -q -p p -o run
	try tamis verify -q run
	try 'ids run a | uniq -d; ids run a | wc -l; ids run b | uniq -d; ids run b | wc -l'
	[ ! -s before ] || try 'ids run a | comm -23 before - | wc -l'
	case $take in 4) ids run a >before ;; esac
done
try tamis plan p
# More epochs of all sources begin with the same samples.
sed 's/in=all/in=all cap=2/' p >twice
try tamis mix -q -p twice -o twice.run
try cmp run/shard-00000.bin twice.run/shard-00000.bin
try 'ids twice.run a | uniq -c | sort | uniq -c -w 8 | cut -c 1-16'
