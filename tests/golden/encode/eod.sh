# --eod takes the model's eos, an id, a piece or none, and rejects anything else.
echo '{"text":"the mill and the sieve"}' >t
tamis vocab -q --size 280 -o m t
printf '{"text":"the"}\n{"text":""}\n{"text":"mill"}\n' >in
for e in '</s>' '<pad>' 2 0 279 none; do
	try tamis encode --force -m m --eod "$e" -o s in
	try "tamis info s | grep -E '^  (ids|tokens)'"
done
for e in '' 280 -1 4294967298 99999999999999999999 '<eos>' NONE ' 2'; do
	try tamis encode -m m --eod "$e" -o bad in
done
# A text that contains the piece that ends documents is bad data, and the message names the document.
printf '{"text":"mill"}\n{"text":"e e e"}\n' >e
try tamis encode -m m --eod e --ids e
try tamis encode -m m --eod e --on-bad=skip -o skipped e
tamis vocab -q --size 280 --user-symbols '<|endoftext|>' -o symbol t
echo '{"text":"mill<|endoftext|>sieve"}' | try tamis encode -m symbol --eod '<|endoftext|>' --ids
echo '{"text":"mill<|endoftext|>sieve"}' | try tamis encode -m symbol --pieces
try tamis encode -q -m m --eod none --pieces in
