# Numbers count as one word, but tables of other numbers are other documents.
# shellcheck disable=SC2154 # setup has the texts
{
	doc old "$news on 3 May 2023 at 10:15"
	doc new "$news on 4 May 2024 at 9:47"
	doc table-1 "3 14 15 92 65 35 89 79 32 38 46 26 43 38 32 79 50 28 84 19"
	doc table-2 "2 71 82 81 82 84 59 04 52 35 36 02 87 47 13 52 66 24 97 75"
	doc table-3 "0 71 82 81 82 84 59 04 52 35 36 02 87 47 13 52 66 24 97 75"
} >numbers
try "tamis near -q --tag numbers | pairs"
