# Missing inputs: exit 2, the path and the reason of the system, no output.
ln -s nowhere dangling
mkdir dir
echo '{"text":"a"}' >in
for f in absent dangling dir in/under; do
	try tamis length -q -o out $f
done
try tamis length -q ''
try ls
