# Rewards that are missing or no numbers, prompts that are not adjacent, wrong options.
bad() {
	printf '%s\n' "$1" >in
	try tamis prefer -q in
}
turns='"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]'
bad "{$turns}"
bad "{$turns,\"reward\":\"4\"}"
bad "{$turns,\"reward\":-100}"
bad "{$turns,\"reward\":null}"
bad '{"text":"a","reward":1}'
bad '{"messages":[{"role":"user","content":"q"}],"reward":1}'
{
	rated p1 a 1
	rated p2 b 2
	rated p1 c 3
} >in
try tamis prefer -q -o out in
try test -e out
try tamis prefer --on-bad=skip in
awk 'BEGIN { for (i = 0; i < 4097; i++) printf "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}],\"reward\":%d}\n", i }' >in
try tamis prefer -q in
try tamis prefer --margin -1 in
try tamis prefer --max-length-ratio 0.5 in
try tamis chain prefer : length in
