# stats counts documents by numbers and flags, and joins sources of the same name.
# The size of META, and of .sdx, depends on the names of library versions.
hide() { sed -e 's/\("sdx[a-z_]*":\)[0-9.]*/\1N/g' -e 's/\("META":\)[0-9]*/\1N/' -e 's/\.sdx [0-9]*, [0-9.]*/.sdx N/' -e 's/META [0-9]*/META N/'; }
docs() {
	awk -v name="$1" -v i="$2" -v last="$3" 'BEGIN {
		for (; i <= last; i++)
			printf "{\"id\":\"%s-%d\",\"lang\":\"%s\",\"dup_count\":%d,\"text\":\"the mill number %d\"}\n",
			    name, i, i % 2 ? "de" : "yue", i * i, i
	}'
}
docs en 1 20 >t
tamis vocab -q --size 290 -o m --control-symbols '<fim_prefix>,<fim_suffix>,<fim_middle>' t
docs en 0 20 | tamis encode -q -m m -o a --source x --number dup_count --fim 0.5
docs en 0 10 | tamis encode -q -m m -o b --source x
docs en 0 10 | tamis encode -q -m m -o c --source y
try 'tamis stats a b c | hide'
try 'tamis stats --table a b c | hide'
# An empty shard.
tamis encode -q -m m -o empty /dev/null
try 'tamis stats empty | hide'
try 'tamis stats --table empty | hide'
