# --system, --max-turns and the counts of the report; drops have a rule, changes a count.
U='{"role":"user","content":"u"}' A='{"role":"assistant","content":"a"}' S='{"role":"system","content":"s"}'
cat >in <<EOT
{"messages":[$S,$U,$A]}
{"messages": [$U,$A,$U,$A]}
{"conversations":[{"from":"human","value":"u"},{"from":"gpt","value":"a"}]}
{"messages":[{"role":"developer","content":"s"},$U]}
{"prompt":"u","response_1":"a","response_2":"b","preference_strength":0}
{"prompt":"u","chosen":"a","rejected":"b"}
EOT
try tamis chat in
try tamis chat --system drop in
try tamis chat --system 'Be "brief".' in
try tamis chat --system s in
try tamis chat --max-turns 2 -r rejects --report report -o out in
try cat rejects
# shellcheck disable=SC2016
try 'sed "s/.*\"read\"/\"read\"/; s/\"inputs\".*//" report'
# With --tag nothing is dropped; outside --where documents pass as they are.
try tamis chat -q --max-turns 2 --tag in
try tamis chat -q --where kind=chat - <<EOT
{"kind":"text","text":"a"}
{"kind":"chat","prompt":"a"}
EOT
# Documents need no text, unless another filter of a chain does.
try tamis chain -q chat : length in
echo "{\"text\":\"t\",\"conversations\":[{\"from\":\"human\",\"value\":\"u\"}]}" >text
try tamis chain -q chat : length text
