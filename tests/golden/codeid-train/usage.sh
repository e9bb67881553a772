# codeid-train refuses wrong options and unusable documents.
echo '{"code_lang":"c","text":"int f(int x) { return x; }"}' >in
try tamis codeid-train in
try tamis codeid-train -o m --samples 10 in
try tamis codeid-train -o m --rate 0 in
try tamis codeid-train -o m in
try tamis codeid-train -o m --focus pyton in
echo '{"text":"int f(int x) { return x; }"}' >in
try tamis codeid-train -o m in
echo '{"code_lang":"C++","text":"int f(int x) { return x; }"}' >in
try tamis codeid-train -o m in
printf '{"code_lang":"%s","text":"int f(int x) { return x; }"}\n' c java >in
try tamis codeid-train -o m --focus c,python in
[ ! -e m ]
