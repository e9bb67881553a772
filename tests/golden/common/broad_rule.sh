# A rule that fails more than half of at least 100 documents is named in a warning.
yes '{"text":"short","lang":"en"}' | head -n 60 >in
yes '{"text":"long enough","lang":"de"}' | head -n 41 >>in
try 'tamis length --min 6 in >out'
try 'tamis length -q --min 6 --tag in >out'
try 'tamis length -q --max 6 in >out'
try 'head -n 99 in | tamis length -q --min 6 >out'
note 'of the documents that the rule saw:'
try 'tamis length -q --min 6 --where lang=de in >out'
try 'tamis chain -q length --max 6 : length --max 4 in >out'
try 'tamis langid -q --keep fr in >out'
