# Each layout gives messages, or prompt, chosen and rejected; all other fields keep their bytes.
layout() {
	printf '%s\n' "$2" >in
	note "$1"
	try cat in
	try tamis chat -q in
	[ "$1" = "${1% *}" ] || return 0
	tamis chat -q --from "$1" in | cmp -s - <(tamis chat -q in) || note "--from $1 differs"
}
layout openai '{"id":1, "messages": [{"role": "user", "content": "\u00e9"}, {"content":"b","role":"assistant","x":1.50}],"tools":[]}'
layout 'openai with a call' '{"messages":[{"role":"user","content":"f?"},{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"1","content":"3"},{"role":"assistant","content":"3."}]}'
layout 'openai with text parts and other roles' '{"messages":[{"role":"developer","content":"s","n":1},{"role":"user","content":[{"type":"text","text":"a\"b"},{"type":"text","text":"c"}]}]}'
layout sharegpt '{"id": 7, "conversations": [{"from": "human", "value": "a\n"}, {"from": "gpt", "value": "b", "weight": 0}], "n": 1e2}'
layout 'sharegpt with other speakers' '{"conversations":[{"from":"system","value":"s"},{"from":"user","value":"a"},{"from":"ChatGPT","value":"<tool_call>f</tool_call>"},{"from":"observation","value":"1"},{"from":"bing","value":"b"}]}'
layout 'sharegpt with roles' '{"conversations":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}'
layout nemo '{"system":"s","conversations":[{"from":"User","value":"a","label":null},{"from":"Assistant","value":"b","label":"quality:4,toxicity:0"}],"mask":"User","type":"VALUE_TO_TEXT"}'
layout 'nemo without a system text' '{"system":"","mask":"User","conversations":[{"from":"User","value":"a"},{"from":"Assistant","value":"b"}]}'
layout nemo-sft '{"input":" a ","output":"b ","source":"s"}'
layout alpaca '{"instruction":"a\u0021","input":"b","output":"c","text":"all of it"}'
layout 'alpaca without an input' '{"instruction":"a","input":"","output":"c"}'
layout 'alpaca, null' '{"instruction":"a\n","input":null,"output":"c","system":null}'
layout dolly '{"instruction":"a","context":"","response":"c","category":"qa"}'
layout trl '{"prompt":"a","completion":"b","label":true}'
layout 'trl with messages' '{"prompt":[{"role":"user","content":"a"}],"completion":[{"role":"assistant","content":"b"}]}'
layout 'trl, only a prompt' '{"prompt":"a"}'
layout 'preference of strings' '{"prompt":"a","chosen":"b","rejected":"c","chosen_reward":3.20,"rejected_reward":-1}'
layout 'preference of messages' '{"prompt":[{"role":"user","content":"a"}],"chosen":[{"role":"assistant","content":"b"}], "rejected":[{"role":"assistant","content":"c"}]}'
layout 'preference with an implicit prompt' '{"chosen":[{"role":"user","content":"\u0061"},{"role":"assistant","content":"b"}],"rejected":[{"role":"user","content":"a"},{"role":"assistant","content":"c"}]}'
layout 'preference with the prompt twice' '{"prompt":"a","chosen":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"rejected":[{"role":"user","content":"a"},{"role":"assistant","content":"c"}]}'
layout hh '{"chosen":"\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: d","rejected":"\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: e\n\nf"}'
layout aligner '{"prompt":"<extra_id_0>System\n\n<extra_id_1>User\na\n<extra_id_1>Assistant\n","chosen_response":"b\n<extra_id_1>","rejected_response":"c\n<extra_id_1>","chosen_reward":3.2,"rejected_reward":1.1}'
layout 'aligner with messages' '{"prompt":[{"role":"user","content":"a"}],"chosen_response":{"role":"assistant","content":"b"},"rejected_response":{"role":"assistant","content":"c"}}'
layout 'aligner, one answer' '{"prompt":"<extra_id_0>System\ns\n<extra_id_1>User\na\n\n<extra_id_1>Assistant\nb\n<extra_id_1>User\nc\n<extra_id_1>Assistant\n","response":"d\n<extra_id_1>","preference":"rejected"}'
layout nemo-rl '{"context":[{"role":"user","content":"a"}],"completions":[{"rank":1,"completion":[{"role":"assistant","content":"c"}],"reward":0},{"rank":0,"completion":[{"role":"assistant","content":"b"}],"reward":2.0}]}'
layout helpsteer2 '{"prompt":"a","response":"b","helpfulness":4,"correctness":4,"coherence":4,"complexity":2,"verbosity":2}'
layout 'helpsteer2 with several turns' '{"prompt":"a\n<extra_id_1>Assistant\nb\n<extra_id_1>User\nc","response":"d","helpfulness":0}'
layout 'helpsteer2, a preference' '{"prompt":"a","response_1":"b","response_2":"c","preference_strength":-2,"split":"train"}'
layout helpsteer3 '{"context":[{"role":"user","content":"a"}],"response1":"b","response2":"c","overall_preference":3}'
layout regression '{"text":"<extra_id_0>System\ns\n<extra_id_1>User\na\n<extra_id_1>Assistant\nb\n<extra_id_2>","label":[-100.0,-100.0,-100.0,-100.0,4.0,4.0,4.0,3.0,2.50]}'
