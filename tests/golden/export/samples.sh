# A run exports its samples in order; datatrove has the token after each, and the loss mask.
cat >p <<'P'
tamis-plan 1
seq 8
phase p 48
group a 0.7
group b 0.3
source a a in=a
source b b in=b cap=1
P
tamis mix -q -p p -o run
try tamis cat --all run
for l in datatrove olmo nanogpt; do
	try tamis export --to $l -o $l run
done
try 'words datatrove.ds 2 | head -n 3'
try words datatrove.ds.index 8
try words datatrove.ds.loss 1
try 'cmp nanogpt.bin olmo.npy && gunzip -c olmo.csv.gz'
try tamis export --to nanogpt -o n run a
