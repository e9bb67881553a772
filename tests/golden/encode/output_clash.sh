# The files of a shard differ from other outputs and from inputs.
python3 "$(dirname "$0")/../sp_model.py" >m
echo '{"text":"ab"}' >in
for ext in bin idx sdx lock; do
	try tamis encode -q -m m -o e -r e.$ext in
	try tamis encode -q -m m -o e --report ./e.$ext in
done
try tamis encode -q -m m -o e -r e.report.json in
try ls
note 'lines have no such files'
try tamis encode -q -m m -o e --ids --report e.sdx in
