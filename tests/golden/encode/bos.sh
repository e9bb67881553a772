# --bos begins each document with the model's bos.
echo '{"text":"the mill and the sieve"}' >t
tamis vocab -q --size 290 --control-symbols '<fim_prefix>,<fim_suffix>,<fim_middle>' -o m t
printf '{"text":"the"}\n{"text":""}\n{"text":"mill"}\n' >in
try tamis encode -q -m m --bos --pieces in
try tamis encode -q -m m --bos --eod none --pieces in
try tamis encode -q -m m --bos --fim 1 --fim-spm 0 -s 3 --pieces in
try tamis encode -m m --bos -o s in
try tamis verify -q s
try tamis cat -m m --all s
try "tamis info --json s | grep -o '\"adds_bos\":true'"
tamis encode -q -m m --bos --ids in >ids
try tamis decode -m m ids
# A model without a bos piece.
sed 's/<s>/<q>/g' m >no_bos
try tamis encode -m no_bos --bos -o bad in
