# One run at a time writes a directory of --split-by, and it holds the files of one run.
en='{"text":"a","k":"en"}' de='{"text":"b","k":"de"}'
printf '%s\n' "$en" "$de" >both
printf '%s\n' "$en" >one
split() {
	try "tamis length -q --split-by k -o d $*"
	try 'ls d | grep -v report'
}
split both
split one
note '--force: files of values that are gone are removed, files of others are not'
echo mine >d/notes.jsonl
split --force one
split --force -z both
note 'an input in the directory stays'
cp both d/both.jsonl
cp d/en.jsonl.zst.report.json d/both.jsonl.report.json
split --force d/both.jsonl
note 'two at once'
mkfifo fifo
rm -r d
tamis length -q --split-by k -o d fifo &
first=$!
exec 3>fifo
while ! [ -s d/.tamis.lock ]; do sleep 0.05; done
try 'tamis length -q --split-by k -o d --force both 2>&1 | sed "s/id [0-9]* /id N /"'
cat one >&3
exec 3>&-
wait $first
try 'ls -A d | grep -v report'
note 'after kill -9 it can run again, without --force'
rm -r d
tamis length -q --split-by k -o d fifo &
first=$!
exec 3>fifo
while ! [ -s d/.tamis.lock ]; do sleep 0.05; done
{ kill -9 $first; wait $first || :; } 2>/dev/null
exec 3>&-
echo part >d/en.jsonl.host.1.0.tmp
split both
