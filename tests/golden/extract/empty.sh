# Documents without text are dropped with a rule; an empty input has no document.
printf '\357\273\277' >mark
echo '<html><script>x</script></html>' >script.html
echo '<p>text' >text.html
try tamis extract -r rejects mark script.html text.html
try cat rejects
try tamis extract -q --tag mark script.html
try tamis extract </dev/null
