# Preferences: two rows with one prompt and their rewards.  Conversations with labels alone.
seq 300 | sed 's/.*/{"text":"User System Assistant hello & goodbye to all of you, reader"}/' >text.jsonl
tamis vocab -q --size 330 --control-symbols '<extra_id_0>,<extra_id_1>,<extra_id_2>' -o m text.jsonl
pair() {
	echo "{\"prompt\":[{\"role\":\"user\",\"content\":\"hello\"}],\"chosen\":[{\"role\":\"assistant\",\"content\":\"$1\"}],\"rejected\":[{\"role\":\"assistant\",\"content\":\"$2\"}]$3}"
}
pair goodbye you ',"chosen_reward":1.5,"rejected_reward":-0.25' >p
pair you reader ',"chosen_reward":2' >>p
try tamis encode -q -m m --template extra_id --pairs --pieces p
try tamis encode -m m --template extra_id --pairs --labels reward -o out p
try tamis verify -q out
pair you you '' >same
try tamis encode -m m --template extra_id --pairs --ids same
pair you reader ',"chosen_reward":"2"' >string
try tamis encode -q -m m --template extra_id --pairs --labels reward --ids string
pair you reader ',"chosen_reward":1e99' >large
try tamis encode -q -m m --template extra_id --pairs --labels reward --ids large
echo '{"prompt":"hello","chosen":[],"rejected":[]}' >text
try tamis encode -q -m m --template extra_id --pairs --ids text
echo '{"prompt":[{"role":"user","content":"hello"}],"chosen":[],"rejected":[]}' >none
try tamis encode -q -m m --template extra_id --pairs --ids none
try tamis encode -q -m m --template extra_id --pairs --seq 20 --ids p
try "tamis encode -m m --template extra_id --pairs --seq 40 --truncate drop --ids p | wc -l"
# The reward model reads at the last token, the control after the answer.
tamis chat-template extra_id | sed 's/^stop.*/stop "<extra_id_2>"/' >reward.template
echo '{"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"you"}],"helpfulness":4,"verbosity":null}' >rated
try tamis encode -q -m m --template ./reward.template --loss none --labels helpfulness,verbosity --pieces rated
try tamis encode -m m --template ./reward.template --loss none --labels helpfulness,verbosity -o rm rated
try tamis verify -q rm
