/* job_range.c - parse the range of jobs or shards that an option names. */
#include "mixer/mix/job_range.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/num.h"

int
job_range_parse(
    const char *s, const char *option, uint64_t n, struct job_range *out, struct err *err)
{
	const char *dash = strchr(s, '-');
	char first[24];
	size_t len = dash ? (size_t)(dash - s) : strlen(s);
	uint64_t last = 0;

	*out = (struct job_range){ 0, n };
	if (strcmp(s, "all") == 0)
		return 0;
	if (len < sizeof first) {
		memcpy(first, s, len);
		first[len] = '\0';
		if (!num_u64(first, &out->first) &&
		    !num_u64(dash ? dash + 1 : first, &last) && out->first <= last &&
		    last < n) {
			out->end = last + 1;
			return 0;
		}
	}
	return err_set(err, EXIT_USAGE,
	    "invalid %s '%s': use A-B from 0 to %" PRIu64 ", or 'all'", option, s, n - 1);
}
