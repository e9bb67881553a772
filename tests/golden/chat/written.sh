# --to states a conversation or preference in each layout, or refuses what the layout cannot state.
cat >short <<'EOT'
{"id":"x","messages":[{"role":"user","content":"a\u00e9"},{"role":"assistant","content":"b"}],"n":1.50}
EOT
cat >long <<'EOT'
{"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c","name":"Ann"},{"role":"assistant","content":"d","weight":0}]}
EOT
cat >call <<'EOT'
{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f","arguments":{}}}]},{"role":"tool","content":"1"},{"role":"assistant","content":"b"}]}
EOT
cat >pair <<'EOT'
{"prompt":[{"role":"user","content":"a"}],"chosen":[{"role":"assistant","content":"b"}],"rejected":[{"role":"assistant","content":"c"}],"chosen_reward":3,"rejected_reward":1}
EOT
try tamis chat -q --to trl --max-turns 2 short long
for to in openai sharegpt nemo nemo-sft alpaca dolly trl bridge openrlhf hh aligner nemo-rl helpsteer2; do
	note "$to"
	for in in short long call pair; do
		try tamis chat -q --to $to $in
	done
done
# Marks in a text would be read as turns.
echo '{"messages":[{"role":"user","content":"a<extra_id_1>b"},{"role":"assistant","content":"c"}]}' >marks
try tamis chat -q --to aligner marks
try tamis chat -q --to helpsteer2 marks
printf '%s\n' '{"prompt":"a\n\nHuman: b","chosen":"c","rejected":"d"}' >marks
try tamis chat -q --to hh marks
echo '{"messages":[{"role":"system","content":""},{"role":"user","content":"a"},{"role":"assistant","content":"c"}]}' >empty
try tamis chat -q --to nemo empty
try tamis chat -q --to aligner empty
try tamis chat -q --to nemo --system drop empty
# Fields of messages that a layout of texts cannot hold are counted.
try tamis chat --to aligner --report report long
# A field with the name of one that is written is replaced, and counted.
echo '{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"prompt":"a","system":"x"}' >names
try tamis chat --to trl names
try tamis chat --to sharegpt names
