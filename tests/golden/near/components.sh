# --components keeps one document of all that are connected by band keys.
try "tamis near --components --bands 40 --rows 2 in | ids"
try "tamis near --components --bands 40 --rows 2 --tag in | brief"
try "tamis near --components --bands 40 --rows 2 --tmp . <in | ids"
try ls
