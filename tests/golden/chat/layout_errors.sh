# A record that states no layout, two of them, or one wrongly: exit 3 and the field.
bad() {
	printf '%s\n' "$1" >in
	try tamis chat -q "${@:2}" in
}
U='{"role":"user","content":"u"}' A='{"role":"assistant","content":"a"}' B='{"role":"assistant","content":"b"}'
bad '{"text":"a"}'
bad '{"messages":[],"conversations":[]}'
bad "{\"messages\":[$U],\"conversations\":[]}"
bad '{"conversations":[{"value":"a"}]}'
bad '{"conversations":[{"from":"human","value":"a"},{"from":"alien","value":"b"}]}'
bad '{"conversations":[{"from":"human","value":null}]}'
bad '{"conversations":["a"]}'
bad '{"conversations":{}}'
bad '{"conversations":[{"from":"human","value":"a","role":"user"}]}'
bad '{"system":1,"conversations":[]}'
bad '{"instruction":"a"}'
bad '{"instruction":1,"output":"b"}'
bad '{"instruction":"a","output":""}'
bad '{"instruction":"a","output":"b","history":[["c","d"]]}'
bad "{\"prompt\":\"a\"}" --from openai
bad "{\"prompt\":\"a\"}" --from sharegpt
bad "{\"prompt\":\"a\"}" --from dolly
bad '{"message_id":"1","parent_id":null,"role":"prompter","text":"a"}'
note 'an array, or one record on several lines'
printf '[\n{"messages":[]},\n{"messages":[]}\n]\n' >array
try tamis chat -q array
bad '[{"messages":[]}]'
note 'preferences'
bad "{\"chosen\":[$U,$A],\"rejected\":[{\"role\":\"user\",\"content\":\"uu\"},$B]}"
bad '{"chosen":"\n\nHuman: u\n\nAssistant: a","rejected":"\n\nHuman: uu\n\nAssistant: a"}'
bad '{"chosen":"\n\nHuman: u\n\nAssistant: a","rejected":"\n\nHuman: u\n\nAssistant: a"}'
bad '{"chosen":"\n\nHuman: u\n\nAssistant: a\n\nHuman: v","rejected":"\n\nHuman: u\n\nAssistant: a"}'
bad '{"chosen":"\n\nHuman: u\n\nAssistant: a","rejected":"Human: u\n\nAssistant: b"}'
bad '{"chosen":"\n\nHuman: u\n\nAssistant: ","rejected":"\n\nHuman: u\n\nAssistant: b"}'
bad "{\"chosen\":[$U,$A],\"rejected\":[$U,$A]}"
bad "{\"chosen\":[$U,$A],\"rejected\":[$U,$A,$U,$B]}"
bad "{\"prompt\":\"v\",\"chosen\":[$U,$A],\"rejected\":[$U,$B]}"
bad "{\"prompt\":\"v\",\"chosen\":[$U,$A],\"rejected\":[$B]}"
bad "{\"prompt\":\"v\",\"chosen\":\"a\",\"rejected\":\"a\"}"
bad "{\"prompt\":\"v\",\"chosen\":\"a\"}"
bad "{\"chosen\":[$A],\"rejected\":[$B]}"
bad "{\"prompt\":[$U,$A],\"chosen\":[$A],\"rejected\":[$B]}"
bad "{\"prompt\":[$U],\"chosen\":[],\"rejected\":[$B]}"
bad "{\"prompt\":[$U],\"chosen\":[{\"role\":\"tool\",\"content\":\"1\"}],\"rejected\":[$B]}"
note 'rewards'
for reward in NaN Infinity -100 '"4"' null; do
	bad "{\"prompt\":\"u\",\"chosen\":\"a\",\"rejected\":\"b\",\"chosen_reward\":$reward,\"rejected_reward\":1}"
done
bad '{"prompt":"u","response":"a","helpfulness":"4"}'
bad '{"prompt":"u","response":"a","verbosity":-100}'
bad '{"text":"<extra_id_1>User\na\n<extra_id_1>Assistant\nb\n<extra_id_2>","label":[4,4,4,2,2]}'
bad '{"text":"<extra_id_1>User\na\n<extra_id_1>Assistant\nb\n<extra_id_2>","label":[4,4,4,2,2,1,1,1,1,1]}'
bad '{"text":"<extra_id_1>User\na\n<extra_id_1>Assistant\nb\n<extra_id_2>","label":[4,4,4,2,2,1,1,1,"1"]}'
note 'ties'
for n in 0 0.0 '"1"' null; do
	bad "{\"prompt\":\"u\",\"response_1\":\"a\",\"response_2\":\"b\",\"preference_strength\":$n}"
done
bad "{\"context\":\"u\",\"completions\":[{\"rank\":0,\"completion\":[$A]},{\"rank\":0,\"completion\":[$B]}]}"
bad "{\"context\":\"u\",\"completions\":[{\"rank\":0,\"completion\":[$A]}]}"
bad "{\"context\":\"u\",\"completions\":[{\"completion\":[$A]},{\"rank\":0,\"completion\":[$B]}]}"
note 'marks without a place'
bad '{"prompt":"a\n<extra_id_1>Bot\nb","response":"c"}'
bad '{"prompt":"a <extra_id_2> b","response":"c"}'
bad '{"prompt":"a\n<extra_id_0>System\nb","response":"c"}'
bad '{"prompt":"a","response":"b\n<extra_id_1>User\nc"}'
bad '{"prompt":"a\n<extra_id_1>User\nb","response":"c"}'
