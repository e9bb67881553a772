# Trees of messages: a conversation for each path, a preference for each message with ranked answers.
cat >in <<'EOT'
{"message_id":"1","parent_id":null,"text":"q","role":"prompter","rank":null,"lang":"en"}
{"message_id":"3","parent_id":"1","text":"worse","role":"assistant","rank":1,"labels":{"name":["quality"],"value":[0.25]}}
{"message_id":"2","parent_id":"1","text":"better","role":"assistant","rank":0,"labels":{"name":["quality"],"value":[0.75]}}
{"message_id":"5","parent_id":"4","text":"an answer","role":"assistant","rank":null}
{"message_id":"4","parent_id":"2","text":"more","role":"prompter","rank":null}
{"message_id":"6","parent_id":"3","text":"why?","role":"prompter","rank":null}
{"message_id":"7","parent_id":"1","text":"removed","role":"assistant","rank":2,"deleted":true}
{"message_id":"8","parent_id":"7","text":"after it","role":"prompter"}
{"message_id":"9","parent_id":"0","text":"an orphan","role":"assistant"}
{"message_id":"10","parent_id":"9","text":"after it","role":"prompter"}
{"message_id":"11","text":"tie","role":"prompter"}
{"message_id":"12","parent_id":"11","text":"a","role":"assistant","rank":0}
{"message_id":"13","parent_id":"11","text":"b","role":"assistant","rank":0}
EOT
try tamis chat --from oasst in
try tamis chat --from oasst --last assistant in
try tamis chat -q --from oasst --last user --on-bad=skip in
try 'tamis chat --from oasst-pairs <in'
try tamis chat -q --from oasst-pairs --to nemo-rl in
try tamis chat -q in
bad() {
	printf '%s\n' "$@" >in
	try tamis chat -q --from oasst in
}
bad '{"message_id":"1","parent_id":"2","text":"a","role":"prompter"}' '{"message_id":"2","parent_id":"1","text":"b","role":"assistant"}'
bad '{"message_id":"1","parent_id":"1","text":"a","role":"prompter"}'
bad '{"message_id":"1","text":"a","role":"prompter"}' '{"message_id":"\u0031","text":"b","role":"prompter"}'
bad '{"message_id":"1","text":"a","role":"assistant"}'
bad '{"message_id":"1","text":"a","role":"prompter"}' '{"message_id":"2","parent_id":"1","text":"b","role":"prompter"}'
bad '{"message_id":1,"text":"a","role":"prompter"}'
bad '{"message_id":"1","parent_id":2,"text":"a","role":"prompter"}'
bad '{"message_id":"1","role":"prompter"}'
bad '{"message_id":"1","text":"a","role":"user"}'
bad '{"message_id":"1","text":"a","role":"prompter","rank":-1}'
try 'awk "BEGIN { for (i = 1; i <= 1001; i++)
	printf \"{\\\"message_id\\\":\\\"%d\\\",\\\"parent_id\\\":\\\"%d\\\",\\\"text\\\":\\\"t\\\",\\\"role\\\":\\\"%s\\\"}\\n\", i, i - 1, i % 2 ? \"prompter\" : \"assistant\" }" |
	sed "1s/\"parent_id\":\"0\",//" | tamis chat -q --from oasst'
