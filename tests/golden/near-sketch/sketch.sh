# near-sketch passes documents through, and writes sketches beside the output or to --sketches.
try tamis near-sketch -o out one
try cmp one out
try 'tamis near-sketch -q --sketches s one | cmp - one'
try cmp s out.near
try ls
try 'wc -c <out.near'
# A field of --scope that no document has is reported.
try tamis near-sketch --scope lnag,id -o out one
