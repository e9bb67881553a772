# --tag writes the kept document, the similarity to it and the size of the cluster.
# shellcheck disable=SC2154 # setup has the texts
try "tamis near --tag in | brief"
# A document dropped in favour of one that is dropped itself has the leader of that one.
{ doc a "one two three four five six seven eight nine ten"; doc b "One two three four five six seven eight nine"; doc c "one two three four five six seven eight nine"; } >chain
try "tamis near -q --tag chain | brief"
# Ids may be missing, or occur twice.
{ doc x "$news"; doc x "$news"; doc x "$news"; printf '{"text":"%s"}\n' "$bread" "$bread"; } >ids
try "tamis near -q --tag ids | brief"
# Run again after the copy that ranks better is gone: dup_of becomes null, and the entry of drop stays.
tamis near -q --tag in | grep '"id":"news-case"' >old
try "tamis near -q --tag old | brief"
# --tag in a chain that drops, and --where.
try "tamis chain length -m 20 : near --tag --where lang=en -q in | brief"
