# A file that is not JSON lines is named by its kind, with the command that reads it.
echo '{"text":"a"}' >good
printf '{"text":"a"}\n{"text":"b"}\n' >two
printf 'BZh91AY&SY' >bz2
printf '\3757zXZ\0\0\004' >a.xz
printf 'PAR1\025\004\025\020' >parquet
printf 'ARROW1\0\0\0\0\0\0' >arrow
printf 'PK\003\004\024\0' >zip
{ head -c 257 /dev/zero; printf 'ustar\0'; head -c 250 /dev/zero; } >tar
printf '\004\042\115\030' >lz4
printf '\377\006\0\0sNaPpY' >snappy
iconv -t UTF-16 two >utf16
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n' >lfs
printf '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>\n' >s3
printf '<!DOCTYPE html>\n<html></html>\n' >html
printf 'id,text\n1,a\n2,b\n' >csv
printf 'id\ttext\n1\ta\n' >tsv
printf '[{"text":"a"},\n {"text":"b"}]\n' >array
printf '{\n "text": "a"\n}\n' >pretty
printf 'WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\n' >warc
printf 'filedesc://a.arc 0.0.0.0 20010203040506 text/plain 9\n' >arc
printf '\211SDX\r\n\032\n' >sdx
printf 'MMIDIDX\0\0' >idx
printf '\1\0\2\0' >tokens.bin
printf '%%PDF-1.4\n' >pdf
printf 'SQLite format 3\0' >sqlite
printf '\211HDF\r\n\032\n' >hdf5
printf '\223NUMPY\1\0' >npy
printf '\200\4\225' >pickle
printf '\036{"text":"a"}\n\036{"text":"b"}\n' >sequence
printf '\213\2\200a\3' >a.br
printf '<mediawiki>\n<page/>\n' >wiki
printf 'Plain text.\nMore of it.\n' >plain
for f in pdf sqlite hdf5 npy pickle sequence a.br wiki plain; do
	try tamis length -q $f
done
for f in bz2 a.xz parquet arrow zip tar lz4 snappy utf16 lfs s3 html csv tsv array pretty warc arc sdx idx tokens.bin; do
	try tamis length -q $f
done
note 'compressed, from a pipe, and after a good file'
gzip -nc csv >csv.gz
try tamis length -q csv.gz
try 'tamis length -q <csv'
try 'tamis length -q -o out good csv'
[ ! -e out ]
note 'skip: one bad record a file'
try tamis length --on-bad=skip -r out.rej csv good bz2 good
try cat out.rej
try tamis length -q --on-bad=skip --max-bad=1 csv good bz2
note 'a bad first line is not a kind'
printf '[]\n{"text":"b"}\n' >bad_first
try tamis length -q --on-bad=skip bad_first
printf 'Two lines\nof text.\n{"text":"b"}\n' >bad_first
try tamis length -q --on-bad=skip bad_first
note 'compressed twice, and data that no program above writes'
gzip -nc two | gzip -nc >twice.gz
try tamis length -q twice.gz
head -c 4096 /dev/zero >zeros
try tamis length -q zeros
printf '\1\2\377\30\7\6\300\n\3\4abc' >bytes
try tamis length -q --on-bad=repair bytes
