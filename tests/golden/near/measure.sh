# --threshold, --measure and the bands choose the pairs that count as duplicates.
# shellcheck disable=SC2154 # setup has the texts
for t in 0.5 0.7 0.9 1; do
	try "tamis near -q --bands 60 --rows 3 --threshold $t in | ids"
done
{ doc whole "$news and $bread"; doc part "$news"; } >parts
try "tamis near -q --bands 60 --rows 2 parts | ids"
try "tamis near -q --bands 60 --rows 2 --measure containment --tag parts | brief"
