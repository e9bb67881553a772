# --check: ids that do not decode to the text make a document bad, with the place and the reason.
python3 "$(dirname "$0")/../sp_model.py" >plain
python3 "$(dirname "$0")/../sp_model.py" --nfkc-like >rewrites
printf '{"text":"ab  ba"}\n{"text":"ab \342\226\201ba"}\n{"text":"ab\\nba "}\n{"text":"ab\303\251"}\n' >in
for model in plain rewrites; do
	try tamis encode -q -m $model --check --ids --on-bad=skip --rejects bad in
	try 'grep -o "the ids do.*" bad'
done
tamis vocab -q --size 280 -o v in 2>/dev/null
try tamis encode -m v --check --ids in
