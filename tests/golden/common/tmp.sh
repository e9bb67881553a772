# --tmp must be a directory, also if the command would need no temporary file.
echo '{"text":"the mill"}' >in
tamis vocab -q -o m --size 280 in 2>/dev/null
for command in norm 'chain norm : near' 'encode -m m --ids' 'vocab -o out' 'vocab-count -o out' 'near-match -o out' \
	'vocab-train -o out' mix; do
	# shellcheck disable=SC2086
	try tamis $command --tmp absent in
done
try tamis norm --tmp in in
try tamis norm -q --tmp . in
try ls
