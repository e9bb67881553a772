# --threshold, --measure and the bands choose the pairs that count as duplicates.
# shellcheck disable=SC2154 # setup has the texts
for t in 0.5 0.7 0.9 1; do
	try "tamis near -q --bands 60 --rows 3 --threshold $t in | ids"
done
# A threshold is rounded down: 6/7 in 16 digits is not more than 6/7.
{ doc seven 'a b c d e f g h i j k'; doc six 'a b c d e f g h i j'; } >sevenths
for t in 0.8571428571428571 0.857142 0.857143; do
	try "tamis near -q --bands 60 --rows 2 --threshold $t --report report sevenths | ids"
	try "grep -o '\"threshold\":[0-9.]*' report"
	try "tamis near-oracle -q --threshold $t --json sevenths | grep -o '\"threshold\":[0-9.]*\|\"removed\":[0-9]*'"
done
{ doc whole "$news and $bread"; doc part "$news"; } >parts
try "tamis near -q --bands 60 --rows 2 parts | ids"
try "tamis near -q --bands 60 --rows 2 --measure containment --tag parts | brief"
