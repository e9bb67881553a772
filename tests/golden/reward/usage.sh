# Weights and bounds that cannot be parsed.
try tamis reward --weights llama in
try tamis reward --weights helpfulness in
try tamis reward --weights =1 in
try tamis reward --weights helpfulness=x in
try tamis reward --weights helpfulness=1,helpfulness=2 in
try tamis reward --attr helpfulness in
try tamis reward --attr '>=3' in
try tamis reward --attr 'helpfulness=3' in
try tamis reward --attr 'helpfulness>=x' in
