# Yes and no, the letters of judges in both orders, and answers with a known result.
n=0
answers() {
	: >in
	n=0
	for answer; do
		n=$((n + 1))
		printf '{"id":"%d","a":"%s"}\n' $n "$answer" >>in
	done
}
answers Yes 'no.' '**Yes**, since' ' "NO' Nothing 'I think yes' 'yes-no' ''
sed -i 's/" "NO"/"\\"NO"/' in
try tamis verdict --check yes-no --member a in
try tamis verdict --check yes-no --member a --want no in
judge() { printf '{"id":"%s","ab":"%s","ba":"%s"}\n' "$1 $2" "$1" "$2"; }
{
	judge '[[A]]' 'I prefer the second: [[B]]'
	judge 'B' '(A)'
	judge '[[A]] no, [[B]]' '**A**'
	judge '[[A]]' '[[A]]'
	judge '[[C]]' '[[C]]'
	judge '[[C]]' '[[B]]'
	judge 'Answer A is better' 'B'
	judge '[[D]]' 'B'
	judge '' 'B'
} >in
try tamis verdict --check judge --member ab --swapped ba in
truth() { printf '{"a":"%s","answer":%s}\n' "$1" "$2"; }
{
	truth 'It is \\boxed{42}.' 42
	truth 'first \\boxed{1} then \\boxed{\\frac{1}{2}} and 3' '"\\frac{1} {2}"'
	truth 'so 1,234.50 dollars' '"$1234.5"'
	truth 'so -7.' -7.0
	truth 'range 3-4' '"4"'
	truth '#### 0072' '"72"'
	truth '18 of 20' 20
} >in
try 'tamis verdict -q --check truth --member a in | wc -l'
{
	truth 'It is \\boxed{42} not 43.' 43
	truth 'no number' 1
	truth '\\boxed{unclosed' 1
	truth '-7' 7
	truth '1.5' 15
	truth '0.5' '".50 "'
	truth '-0' 0
} >in
try 'tamis verdict -q --check truth --member a -r rejects in | wc -l; cat rejects'
echo '{"a":"1","answer":[1]}' >in
try tamis verdict -q --check truth --member a in
try tamis verdict --check judge in
