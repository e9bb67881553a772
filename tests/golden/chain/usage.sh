# A chain refuses invalid combinations before it reads a document.
try tamis chain </dev/null
try tamis chain norm : </dev/null
try tamis chain : norm </dev/null
try tamis chain norm a.jsonl : length </dev/null
try tamis chain norm : lenght </dev/null
try tamis chain extract: norm: exact in </dev/null
try tamis chain extract : norm: exact in </dev/null
try tamis chain norm : vocab -o m : length </dev/null
try tamis chain norm : extract </dev/null
try tamis chain norm : info </dev/null
try tamis chain exact --rank q : norm </dev/null
try tamis chain langid --split d : norm </dev/null
try tamis chain --tag norm : exact </dev/null
try tamis chain --where lang=en norm : exact </dev/null
try tamis chain norm : length --mim 3 </dev/null
try tamis chain norm : length --where x </dev/null
try tamis chain norm : length --min 9 --max 8 </dev/null
try tamis chain norm length </dev/null
try tamis chain norm : exact length in </dev/null
