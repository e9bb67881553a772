# A long text that repeats few shingles has the sketch of those, however often it repeats them.
# shellcheck disable=SC2154 # setup has the texts
many() {
	for ((i = 0; i < $1; i++)); do printf '%s ' "$bread"; done
}
{
	doc once "$bread $bread" '"n":1'
	doc few "$(many 20)" '"n":2'
	doc many "$(many 1000)" '"n":3'
	doc more "$(many 1001)" '"n":4'
	doc other "$(many 1000 | sed "s/e/y/g")" '"n":5'
} >in
try "tamis near --tag --priority n in | pairs"
