# The built-in templates, as files that read as the same template, and for servers.
try tamis chat-template
for name in $(tamis chat-template); do
	tamis chat-template "$name" >"$name.template"
	tamis chat-template "./$name.template" | cmp - "$name.template"
	tamis chat-template --jinja "./$name.template" >jinja
	tamis chat-template --jinja "$name" | cmp - jinja
done
try tamis chat-template llama2
try tamis chat-template extra_id
try tamis chat-template --jinja chatml
cat >own <<'T'
# A template of our own.

tamis-template 1
control "<|u|>" "<|a|>"   # two controls
begin bos "A \"quoted\"\ttext\n"
user "<|u|>" trimmed
assistant "<|a|>" | text eos
T
try tamis chat-template ./own
try tamis chat-template ./own --jinja
