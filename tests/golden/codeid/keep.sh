# --keep drops other languages, --candidates rules them out; with --where and --tag.
hide() { sed 's/"code_p":[0-9.]*,"code_by":"model"/"code_p":P,"code_by":"model"/'; }
cat >in <<'END'
{"path":"a.py","text":"import os\n"}
{"path":"a.c","text":"int x;\n"}
{"path":"README","text":"All that there is to know.\n"}
{"text":""}
END
try 'tamis codeid --keep python,text -r rejects in | hide'
try cat rejects
try 'tamis codeid -q --keep unknown in | hide'
try 'tamis codeid -q --keep c --tag in | hide'
try 'tamis codeid -q --candidates c,java in | hide'
try 'tamis codeid -q --where path=a.py --keep c in | hide'
try 'tamis codeid -q -p 1 - | hide' <<'END'
{"text":"int main(void)\n{\n\treturn 0;\n}\n"}
END
