# Fields of an earlier run are replaced and do not affect the next.
printf '{"code_lang":"perl","code_p":1,"path":"a.py","code_by":"x","text":"import os\\n"}\n' >in
try 'tamis codeid -q in | tee once'
tamis codeid -q once | cmp once -
