# --counts writes the number of documents that a kept one represents.
try "tamis near --counts in | brief"
try "tamis near -q --bands 40 --rows 3 --components --counts in | brief"
