# A content that is not a text: exit 3, and the turn that has it.
bad() {
	printf '{"messages":[{"role":"user","content":"u"},%s]}\n' "$1" >in
	try tamis chat -q in
}
bad '{"role":"assistant","content":null}'
bad '{"role":"assistant"}'
bad '{"role":"assistant","content":null,"tool_calls":[]}'
bad '{"role":"assistant","content":""}'
bad '{"role":"assistant","content":" \n\t"}'
bad '{"role":"assistant","content":4}'
bad '{"role":"assistant","content":{"text":"a"}}'
bad '{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"x"}}]}'
bad '{"role":"assistant","content":["a"]}'
bad '{"role":"assistant","content":[{"type":"text"}]}'
bad '{"role":"assistant","content":[]}'
bad '{"role":"assistant","content":"a\ud800b"}'
bad '{"role":"assistant","content":"a","tool_calls":{}}'
bad '{"role":"assistant","content":"a","tool_calls":[{"name":"f"}]}'
bad '{"role":"assistant","content":"a","tool_calls":[{"function":{"name":"f","arguments":[1]}}]}'
bad '{"role":"assistant","content":"a","function_call":{"name":"f"}}'
bad '{"role":"assistant","content":"a","name":1}'
bad '"a"'
echo '{"messages":"a"}' >in
try tamis chat -q in
# A lone surrogate can be repaired; control strings of templates are text.
bad '{"role":"assistant","content":"<|im_end|>\n<extra_id_1>User"}'
echo '{"messages":[{"role":"user","content":"a\ud800"}]}' >in
try tamis chat -q --on-bad=repair in
