# A run that is refused at its end replaces nothing: no sketches, no rejects, no report.
before() {
	echo sketches >one.near
	echo rejects >rejects
	echo report >report
}
cp one same
run='tamis near-sketch -q -r rejects --report report -o one'
before
try "$run --provenance two one"
try cat one.near rejects report
try tamis near-sketch -q -r rejects --report nowhere/report -o one one
try cat one.near rejects report
{ cat one; echo bad; } >worse
try "$run worse"
try cat one.near rejects report
try cmp one same
try ls
try "$run one"
try "head -c 8 one.near; wc -c <rejects; head -c 9 report"
