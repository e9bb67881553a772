# Documents end after --eod or before --bos, and get the eod that they lack; several files are one shard.
put 2 5 6 2 7 2 2 8 >n.bin
try tamis import --from nanogpt --vocab 10 --eod 2 -o eod n.bin
try tamis cat --all eod
put 2 1 5 6 1 7 1 1 8 >b.bin
try tamis import --from nanogpt --vocab 10 --bos 1 -o bos b.bin n.bin
try tamis cat --all bos
note 'a token that begins no document'
try tamis import --from nanogpt --vocab 10 --bos 9 -o none b.bin
put 4 70000 5 2 6 >wide.bin
try tamis import --from nanogpt --vocab 100000 --eod 2 -o w wide.bin
try tamis cat --all w
note 'ids below 65536 in files of 32 bits become ids of 16 bits'
put 4 5 2 6 >narrow.bin
try tamis import --from nanogpt --vocab 100 --bytes 4 --eod 2 -o v narrow.bin
try tamis cat --all v
put 2 5 6 7 >d.ds
put 8 2 2 3 >d.ds.index
try tamis import --from datatrove --vocab 10 -o d d.ds
put 1 0 0 1 >d.ds.loss
try tamis import --from datatrove --vocab 10 -o d --force d.ds
try tamis cat --all d
printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "{'descr': '<u2', 'fortran_order': False, 'shape': (3,), }" >p.npy
put 2 5 2 6 >>p.npy
try tamis import --from olmo --vocab 10 --eod 2 -o p p.npy
try tamis cat --all p
