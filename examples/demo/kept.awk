# kept.awk: print the documents that a report counts as kept, as in awk -v report=FILE.  Needs json.awk.

BEGIN {
	json_read(report, field)
	printf "%.0f\n", json_number(field, "kept", report)
	exit
}

END {
	if (failed)
		exit 1
}
