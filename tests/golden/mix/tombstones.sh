# mix and plan reject shards that have documents that were taken down, and mix records the list.
docs en 1 40 | awk '{ sub(/^\{/, sprintf("{\"url\":\"http://%sa.example/%d\",", NR % 2 ? "" : "b.", NR)) } 1' >in
tamis encode -q -m m -o en in
printf 'tamis-plan 1\nseq 16\nshard 20\nphase p max\ngroup g 1\nsource en en in=g\n' >p
printf '# a comment\nid en-7\n' >by-id
echo domain b.a.example >by-domain
try tamis plan --tombstones by-id -o plan.lock p
try test -e plan.lock
try tamis mix -p p --tombstones by-id -o run
try tamis mix -n -p p --tombstones by-domain
try test -e run
try tamis mix -p p --tombstones absent -o run
echo en-7 >word
try tamis mix -p p --tombstones word -o run
# A run that was taken down keeps out what it lost, without the option too.
tamis mix -q -p p -o run
tamis takedown -q -o new by-id run
rm -r run
try tamis mix -n -p p -o new
for mode in --resume --force --extend --only-shards=0; do
	try tamis mix -q -p p $mode -o new
done
# Shards without the documents.  The run has the list, and replaces one that had documents taken down.
tamis encode -q -m m --force --tombstones by-id -o en in
try tamis mix -q -p p --tombstones by-domain --force -o new
try tamis mix -q -p p --force -o new
try tamis verify -q new
try cat new/tombstones
try "tamis where --id en-7 new"
cat by-id by-domain >both
tamis encode -q -m m --force --tombstones both -o en in
try tamis mix -q -p p --tombstones by-domain -o clean
try cat clean/tombstones
try tamis mix -q -p p --tombstones by-domain --resume -o clean
# With the documents again, such a run cannot be replaced.
tamis encode -q -m m --force -o en in
try tamis mix -q -p p --force -o clean
# An empty directory with a list is not a run.
mkdir fresh && cp by-id fresh/tombstones
try tamis mix -q -p p -o fresh
tamis encode -q -m m --force --tombstones by-id -o en in
try tamis mix -q -p p -o fresh
try ls fresh
