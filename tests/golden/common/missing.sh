# Missing inputs and directories: exit 2, the path and the reason, no output.
ln -s nowhere dangling
mkdir dir
echo '{"text":"a"}' >in
for f in absent dangling dir in/under; do
	try tamis length -q -o out $f
done
try tamis length -q ''
try 'tamis length -q <dir'
try tamis length -q in dir
try tamis count -q dir
try tamis encode -m dir -o x in
try ls
