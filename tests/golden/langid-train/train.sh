# A small model: the same bytes for any order of the documents; langid can use it.
hide() { sed 's/,"lang_p".*/}/'; }
texts() {
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		printf '%s\\n' "$1 $i $2" "$3 $1" "$2 $3"
	done
}
{
	printf '{"lang":"de","source":"a","text":"%s"}\n' "$(texts 'Der Mensch ist frei' 'und gleich an Würde geboren' 'mit Vernunft begabt')"
	printf '{"lang":"en","source":"a","text":"%s"}\n' "$(texts 'All human beings are free' 'and equal in dignity' 'endowed with reason')"
	printf '{"lang":"el","source":"b","weight":2,"text":"%s"}\n' "$(texts 'Όλοι οι άνθρωποι' 'γεννιούνται ελεύθεροι' 'και ίσοι')"
} >docs
try tamis langid-train --samples 20000 --rows 10 -o m docs
tac docs >again
tamis langid-train -q --samples 20000 --rows 10 -o m2 again
cmp m m2
tamis langid-train -q --samples 20000 --rows 10 --seed 1 -o m3 docs
! cmp -s m m3
printf '{"text":"%s"}\n' 'der Mensch ist geboren' 'human beings are equal' 'γεννιούνται' | try 'tamis langid -q -m m | hide'
