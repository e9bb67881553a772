# Text that is not UTF-8 is bad data: refused, skipped, or repaired with U+FFFD.
printf 'good\n' >good
printf 'caf\351 ol\351\n' >latin
printf 'cut \342\202' >half
printf '\355\240\200 surrogate' >surrogate
for f in latin half surrogate; do
	try tamis extract -q $f
done
try tamis extract good latin half
try tamis extract --on-bad=skip -r rejects good latin half surrogate
try cat rejects
try tamis extract --on-bad=repair good latin half surrogate
