# Invalid templates: the line, the problem and its fix.
wrong() {
	{
		echo 'tamis-template 1'
		cat
	} >t
	try tamis chat-template ./t
}
try tamis chat-template nosuch
try tamis chat-template ./nosuch
try tamis chat-template a b
try tamis chat-template --jinja
: >empty
try tamis chat-template ./empty
echo 'user text' >headless
try tamis chat-template ./headless
printf 'tamis-template 1\nuser "\377" text\n' >latin1
try tamis chat-template ./latin1
wrong <<<'user text'
wrong <<<'usr text'
wrong <<<'user "open text'
wrong <<<'user "a\q" text'
wrong <<<'user "" text'
wrong <<<'user "a"'
wrong <<<'user text text'
wrong <<<'user text |'
wrong <<<'user txt'
wrong <<<'begin text'
wrong <<<'assistant text eos'
wrong <<<'assistant | text | eos'
wrong <<<'assistant text | eos'
wrong <<<'control x'
wrong <<<'control "a" "a"'
wrong <<'T'
user text
user text
T
wrong <<'T'
user text
control "a"
T
wrong <<'T'
user "Q: " text
assistant "A: " | text "\n"
T
