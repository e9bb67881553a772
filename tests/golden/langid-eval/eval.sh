# Scores per language, confusions, thresholds, and labels that count as others.
printf '{"lang":"%s","text":"%s"}\n' de 'Die Würde des Menschen ist unantastbar.' de 'Alle Menschen sind vor dem Gesetz gleich.' \
	en 'The dignity of man shall be inviolable.' en 'Tous les êtres humains naissent libres et égaux.' \
	no 'Alle menneske er fødde til fridom og med same menneskeverd.' >in
try tamis langid-eval in
try tamis langid-eval -q --same nn=no -o scores in
try cat scores
try tamis langid-eval -q --precision 0.9 --same nn=no in
try tamis langid-eval -q --gold label in
try tamis langid-eval -q --precision 1 in
try tamis langid-eval -q -m in in
try tamis langid-eval </dev/null
awk 'BEGIN { for (i = 0; i < 5000; i++) print "{\"lang\":\"l" i "\",\"text\":\"a\"}" }' >many
try tamis langid-eval -q many
