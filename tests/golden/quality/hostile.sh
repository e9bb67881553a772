# Hostile texts: empty, one letter, encoded data, capitals, floods of one word.
gen() { S=$2 awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf "%s", ENVIRON["S"] }'; }
doc() { printf '{"id":"%s","text":"' "$1" && cat && printf '"}\n'; }
{
	printf '' | doc empty
	printf ' ' | doc blank
	gen 20000 '\n' | doc newlines
	gen 200000 a | doc letter
	gen 20000 'a ' | doc letters
	gen 5000 'QUJD' | doc base64
	gen 200 'Lorem ipsum dolor sit amet. ' | doc lorem
	gen 200 'THE HOUSE OF THE HILL IS OLD. ' | doc capitals
	gen 20000 '\u200f' | doc marks_rtl
	gen 20000 '\u0301' | doc marks
	gen 2000 '\u05e9\u05dc\u05d5\u05dd ' | doc hebrew
	gen 20000 '\u6f22' | doc han
	gen 20000 '.' | doc dots
	gen 5000 '. ' | doc dots_apart
	gen 5000 '\ud83d\ude00' | doc emoji
	gen 3000 '1.a,' | doc signs
	gen 3000 '[[1]' | doc brackets
} >in
compact() { sed 's/"text":"[^"]*"/"text":"..."/; s/"drop":\[//; s/{"rule"://g; s/"value"://g; s/,"threshold":[^}]*//g; s/00*}/}/g'; }
sets=$(tamis rules --sets | cut -f 1 | grep -v '^c4$' | paste -sd, -)
try "tamis quality -q -R $sets -r rejects in | cut -c 1-60"
try 'compact <rejects'
try 'tamis quality -q -R c4 -r rejects in | cut -c 1-60'
try 'compact <rejects'
