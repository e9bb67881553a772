# Options that cannot be used.
try tamis batch -n 0 in
try tamis batch -n 1025 in
try tamis batch --body '{"temperature":}' in
try tamis batch --body '[]' in
try tamis batch --body '{"messages":[]}' in
try tamis batch --model m --body '{"model":"x"}' in
try tamis chain batch : length in
