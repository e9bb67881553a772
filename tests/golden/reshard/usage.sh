# The command line of reshard.
try tamis reshard
try tamis reshard a
try tamis reshard -o x
try tamis reshard -o - a
try tamis reshard -o x --tokens 1 --shards 1 a
try tamis reshard -o x --tokens 0 a
try tamis reshard -o x --tokens 1e30 a
try tamis reshard -o x --tokens 32Ti a
try tamis reshard -o x --shards 0 a
try tamis reshard -o x --shards 5G a
try tamis reshard -o x --shards -1 a
try tamis reshard -o x --source '' a
try tamis reshard -o x -j 2 a
try tamis reshard -q --source 'a	b' --tokens 1Ki -o x a
try 'tamis info x-00000 | tail -n 1'
try tamis reshard --help
