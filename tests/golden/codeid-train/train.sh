# A model of a few texts: the same bytes each time; codeid can use it.
hide() { sed 's/"code_p":[0-9.]*/"code_p":P/'; }
i=0
while [ $i -lt 20 ]; do
	printf '{"code_lang":"c","source":"p%d","text":"int f%d(int x)\\n{\\n\\treturn x + %d;\\n}\\n"}\n' $((i % 3)) $i $i
	printf '{"code_lang":"python","source":"p%d","text":"def f%d(x):\\n    return x + %d\\n\\n"}\n' $((i % 3)) $i $i
	i=$((i + 1))
done >in
try tamis codeid-train --samples 2000 -o a.model in
try tamis codeid-train --samples 2000 -q -o b.model in
cmp a.model b.model
try tamis codeid-train --samples 2000 -q --seed 1 -o c.model in
! cmp -s a.model c.model
cat >new <<'END'
{"text":"int g(int x)\n{\n\treturn x;\n}\n"}
{"text":"def g(x):\n    return x\n"}
END
try 'tamis codeid -q -m a.model new | hide'
