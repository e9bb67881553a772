# takedown begins again in a directory that a killed takedown of the list left, and in no other.
echo id en-7 >list
tamis takedown -q -o want list run
# Stopped after any of its files.
for last in tombstones plan.lock shard-00000.bin shard-00000.sdx shard-00002.sdx; do
	rm -rf new && mkdir new
	for f in tombstones plan.lock shard-0000{0,1,2}.{bin,idx,sdx}; do
		cp "want/$f" new
		[ "$f" != "$last" ] || break
	done
	echo half >new/$last.host.1.tmp
	echo 1 >new/takedown.lock
	try tamis takedown -q -o new list run
	diff -r want new
done
rm -rf new && mkdir new
try tamis takedown -q -o new list run
diff -r want new
try tamis takedown -q -o new list run
# A shard that is a link to the run is not written to.
rm new/run.tsv
sum=$(sha256sum run/*)
try tamis takedown -q --copy -o new list run
diff -r want new
[ "$(sha256sum run/*)" = "$sum" ]
# Other directories.
rm new/run.tsv
echo id en-8 >other
try tamis takedown -q -o new other run
rm new/tombstones
try tamis takedown -q -o new list run
mkdir notes && touch notes/tombstones notes/text
try tamis takedown -q -o notes list run
try ls notes
exec 7>busy.lock && mkdir busy
ln busy.lock busy/takedown.lock
flock 7
try "tamis takedown -q -o busy list run 2>&1 | sed 's/ with process id [0-9]*//'"
