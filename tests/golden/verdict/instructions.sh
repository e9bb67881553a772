# Each instruction, followed and not followed.
n=0
: >in
# case NAME KWARGS ANSWER...: the first answer follows the instruction, the others do not
case_of() {
	local name=$1 kwargs=$2 kind=yes
	shift 2
	for answer; do
		n=$((n + 1))
		printf '{"id":"%s %s %d","a":"%s","instruction_id_list":["%s"],"kwargs":[%s]}\n' "$kind" "$name" $n "$answer" "$name" "$kwargs" >>in
		kind=no
	done
}
case_of change_case:english_capital '{}' 'ALL CAPITAL 1' 'Not' '1 2'
case_of change_case:english_lowercase '{}' 'all é lower' 'É'
case_of combination:repeat_prompt '{"prompt_to_repeat":"Say it."}' ' say it. Done' 'Done. Say it.'
case_of combination:two_responses '{}' 'one ****** two' 'one' 'one ****** one' 'a ****** b ****** c'
case_of detectable_content:number_placeholders '{"num_placeholders":2}' '[a] [b]' '[a]' '[] []'
case_of detectable_content:postscript '{"postscript_marker":"P.S."}' 'x\np.s. y' 'x'
case_of detectable_format:constrained_response '{}' 'So: My answer is maybe.' 'yes'
case_of detectable_format:json_format '{}' '```json\n{\"a\":[1]}\n```' '{a:1}' '{} {}'
case_of detectable_format:number_bullet_lists '{"num_bullets":2}' '* a\n- b' '* a' '**a**\n- b'
case_of detectable_format:title '{}' 'x\n<<Title>>' '<<>>' '<<a\n>>' 'Title'
case_of keywords:existence '{"keywords":["Tree","LEAF"]}' 'tree leaf' 'tree'
case_of keywords:forbidden_words '{"forbidden_words":["tree"]}' 'leaf' 'a TREE'
case_of keywords:frequency '{"keyword":"tree","frequency":2,"relation":"at least"}' 'Tree tree' 'tree'
case_of keywords:letter_frequency '{"letter":"a","let_frequency":2,"let_relation":"less than"}' 'a b' 'a A'
case_of length_constraints:number_paragraphs '{"num_paragraphs":2}' 'a\n\n***\n\nb' 'a\n\nb' 'a ***  *** b'
case_of length_constraints:number_words '{"num_words":3,"relation":"at least"}' "it's two" 'two words'
case_of punctuation:no_comma '{}' 'no' 'a, b'
case_of startend:end_checker '{"end_phrase":"The end."}' 'x. the END. ' 'The end. x'
case_of startend:quotation '{}' '\"x\"' 'x' '\"'
verdicts --member a
try 'grep -c . in'
try 'tamis verdict -q --member a in | grep -v "^{.id.:.yes"'
try 'tamis verdict -q --member a -r rejects in | wc -l; grep -c "^{.id.:.yes" rejects'
# All must be followed.
echo '{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a, b"}],"instruction_id_list":["punctuation:no_comma","detectable_format:title"],"kwargs":[{},null]}' >in
try 'tamis verdict -q -r rejects in; sed "s/.*\"drop\"/\"drop\"/" rejects'
bad() {
	printf '{"a":"x",%s}\n' "$1" >in
	try tamis verdict -q --member a in
}
bad '"instruction_id_list":["startend:other"],"kwargs":[{}]'
bad '"instruction_id_list":["length_constraints:number_words"],"kwargs":[{"num_words":3}]'
bad '"instruction_id_list":["length_constraints:number_words"],"kwargs":[{"num_words":"3","relation":"at least"}]'
bad '"instruction_id_list":["length_constraints:number_words"],"kwargs":[{"num_words":3,"relation":"about"}]'
bad '"instruction_id_list":["punctuation:no_comma"],"kwargs":[]'
bad '"instruction_id_list":[],"kwargs":[]'
bad '"instruction_id_list":["punctuation:no_comma"]'
bad '"instruction_id_list":[7],"kwargs":[{}]'
try tamis verdict --member b in
