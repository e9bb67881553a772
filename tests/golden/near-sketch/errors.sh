# What near-sketch refuses.
try 'tamis near-sketch one >out'
try tamis near-sketch --bands 0 -o out one
try tamis near-sketch --rows 20000 -o out one
try tamis near-sketch --memory 1 -o out one
try tamis near-sketch --tmp nowhere -o out one
try tamis near-sketch --tmp two -o out one
try tamis near-sketch --scope , -o out one
try tamis near-sketch --where lang=a -o out one
try tamis near-sketch --priority score -o out one
try tamis chain near-sketch : norm -o out one
try tamis near-sketch --sketches nowhere/s -o out one
try tamis near-sketch --sketches - -o out one
try tamis near-sketch --sketches s.zst -o out one
try tamis near-sketch --sketches out.report.json -o out one
try tamis near-sketch --sketches s --report s -o out one
# Bad documents leave no sketches.
echo bad >>one
try tamis near-sketch -o out one
try ls
