# -o replaces a file whole or keeps the old one, leaves no temporary, works in place.
echo '{"text":" a "}' >in
echo old >out
echo bad >bad
try tamis norm -q -o out bad
try cat out
try tamis norm -q -o out in
try cat out
try tamis norm -q -o in in
try cat in
try tamis norm -q -o absent/out in
try tamis norm -q -o . in
try tamis norm -q --force -o - in
try ls
# A pipe or device is written in place, without a report beside it.
try tamis norm -q -o /dev/null in
[ ! -e /dev/null.report.json ]
mkfifo fifo
cat fifo >copy &
try tamis norm -q -o fifo in
wait
try cat copy
[ -p fifo ]
try ls
