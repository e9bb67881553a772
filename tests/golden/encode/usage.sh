# encode rejects missing options and files that are not models.
echo '{"text":"the mill and the sieve"}' >t
tamis vocab -q --size 280 -o m t
try tamis encode -o s t
try tamis encode -m m t
try tamis encode -m m -o - t
try tamis encode -m m -o tok/ t
try tamis encode -m m --ids --pieces t
try tamis encode -m absent -o s t
try tamis encode -m . -o s t
try tamis encode -m t -o s t
: >nothing
try tamis encode -m nothing -o s t
head -c 1000 m >part
try tamis encode -m part -o s t
head -c -1 m >part
try tamis encode -m part -o s t
try tamis encode -m m -o s absent
try tamis encode -m m -o /dev/null t
mkfifo fifo
try tamis encode -m m -o fifo t
rm fifo
try ls
note 'options without effect'
try tamis encode -m m --tag -o s t
try tamis encode -m m -z3 -o s t
try tamis encode -m m --source x --ids t
try tamis encode -m m --fim-spm 1 -o s t
note 'a shard that would replace the model'
cp m m.bin
try tamis encode -m m.bin -o m t
cmp m m.bin
