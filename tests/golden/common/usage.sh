# Bad options: exit 2, the problem and the fix, and no input is read.
echo bad >in
for o in --ta --thread=2 --no-such-option --= -x -jx -j --text --threads --threads=0 -j5000 \
	--threads=-1 --threads=1x --threads=99999999999999999999 --max-doc=0 --max-doc=1Z \
	--max-doc=2T --min=9x --min=1.5 --min=-1 --min=99999999999T --tag=yes --on-bad=ignore \
	--on-bad= --progress=often -z0 -z20 --compress=x --where=x --seed=a --output; do
	try tamis length $o
done
try tamis length -m 5 -M 4 in
try tamis exact --rank
TAMIS_THREADS=many try tamis length in
TAMIS_THREADS=0 try tamis length in
