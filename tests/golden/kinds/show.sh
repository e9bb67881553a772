# info and cat show kinds, targets and labels; reshard refuses what it would lose.
sft 5 a
align=4 plan a >p
tamis mix -q -p p -o run
try 'tamis info run/shard-00000 | sed -n 1,7p'
try 'tamis cat --color=always --all run | sed -n 1,8p | cat -v'
try 'tamis cat --color=always -n 3 a | cat -v'
pref 2 2 b
try 'tamis info b | sed -n 3,5p'
try 'tamis info --json b | grep -o "\"kind\":[^,]*\|\"targets\".*\"labels\":[^]]*]"'
try tamis reshard -o c a
