# Languages with scripts and probabilities; mixed text, noise, code, text without letters.
cat >in <<'EOF'
{"text":"Die Würde des Menschen ist unantastbar."}
{"text":"THE DIGNITY OF MAN SHALL BE INVIOLABLE, AND ALL STATE AUTHORITY SHALL RESPECT IT."}
{"text":"中国是一个位于东亚的国家"}
{"text":"台灣是一個位於東亞的島嶼"}
{"text":"Влада је данас усвојила нови закон о образовању."}
{"text":"Vlada je danas usvojila novi zakon o obrazovanju."}
{"text":"privet kak dela, ya segodnya idu v magazin za khlebom"}
{"text":"Das Parlament hat gestern über den Haushalt beraten und ihn mit großer Mehrheit angenommen. The committee will meet again next week to discuss what remains of the proposal."}
{"text":"3q2+78r+AAECA+Hx9QkYmZhMGQ0f3K2bV9sTqL1yJ8zKpO4uWnRgXcDeFh"}
{"text":"for (int i = 0; i < n; i++) { sum += a[i] * b[i]; return sum; }"}
{"text":"12 34 56 ... 78"}
{"text":""}
{"text":"hm"}
EOF
try tamis langid in
