# Sketches of a file that stays where it is: a line is a document, and the last may lack its newline.
tamis near-sketch -q --sketches one.near -o /dev/null one
tamis near-match -q -o m one
try tamis near-elect --matches m one
head -c -1 one >short
tamis near-sketch -q --sketches short.near -o /dev/null short
tamis near-match -q -o m short
try tamis near-elect --matches m short
try "tamis near-keep -q short | cut -c 1-9"
{ head -n 1 one; echo; tail -n 2 one; } >blank
try tamis near-sketch -q --sketches blank.near -o /dev/null blank
{ head -n 1 one; echo bad; tail -n 2 one; } >bad
try tamis near-sketch -q --on-bad=skip --sketches bad.near -o /dev/null bad
cat one one >wide
try tamis chain -q exact --tag : near-sketch --sketches wide.near -o /dev/null wide
try tamis near-sketch -q --sketches both.near -o /dev/null one two
try "ls ./*.near"
