# Messages mask control characters, C1 and bidirectional ones too, and ill-formed UTF-8.
name=$(printf 'a\x1b[1mb\xc2\x9b2mc\xc2\x85d\xe2\x80\xaee\xe2\x81\xa6f\xd8\x9cg\x9b3mh\xe2\x80\xa8i')
try tamis length "$name"
try tamis length 'größe 尺寸 😀'
