/* runfile.c - write, read and search run.tsv, and open the shards that it lists. */
#include "shards/tshard/tshard_impl.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_BYTES = 1 << 30, LINE = 256 };

/* FORMAT 1.1 names a shard by its digest.  1.0 has no such line. */
static const char first_line[] = "tamis-run 1.1\n";

int
tshard_run_prefix(const char *dir, uint32_t no, char *out, size_t n)
{
	int len = snprintf(out, n, "%s/shard-%05" PRIu32, dir, no);

	return len >= 0 && (size_t)len < n ? 0 : -1;
}

char *
tsi_run_prefix(const char *dir, uint32_t no)
{
	return tsi_format("%s/shard-%05" PRIu32, dir, no);
}

void
tsi_run_line_of(const struct tshard *s, struct tshard_run_line *out)
{
	const struct tshard_header *h = &s->h;

	out->no = h->shard_no;
	out->first_sample = h->first_sample;
	out->samples = h->samples;
	out->seq_len = h->seq_len;
	out->tokens = h->tokens;
	out->bin_bytes = h->bin_bytes;
	memcpy(out->payload, h->payload, 16);
	tshard_digest(s, out->digest);
}

int
tshard_run_line(const char *path, struct tshard_run_line *out, struct tshard_error *e)
{
	struct tshard *s;

	if (tshard_open(&s, path, 0, e) < 0)
		return -1;
	tsi_run_line_of(s, out);
	tshard_close(s);
	return 0;
}

/* ---- writing ---- */

static int
by_number(const void *a, const void *b)
{
	const struct tshard_run_line *x = a, *y = b;

	if (x->no != y->no)
		return x->no < y->no ? -1 : 1;
	return memcmp(x->digest, y->digest, sizeof x->digest);
}

static int
put_line(struct tsi_vec *out, const struct tshard_run_line *l)
{
	char b[LINE], payload[33], digest[65];
	int n;

	tshard_hex(l->payload, 16, payload);
	tshard_hex(l->digest, 32, digest);
	n = snprintf(b, sizeof b,
	    "%" PRIu32 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu32 "\t%" PRIu64 "\t%" PRIu64
	    "\t%s\t%s\n",
	    l->no, l->first_sample, l->samples, l->seq_len, l->tokens, l->bin_bytes,
	    payload, digest);
	return tsi_vec_put(out, b, (size_t)n);
}

static int
put_hash(struct tsi_vec *out)
{
	unsigned char sum[32];
	char hex[65], b[LINE];
	int n;

	tshard_sha256(out->p, out->n, sum);
	tshard_hex(sum, 32, hex);
	n = snprintf(b, sizeof b, "sha256\t%s\n", hex);
	return tsi_vec_put(out, b, (size_t)n + 1);
}

char *
tsi_run_render(const struct tshard_run_line *v, size_t n, unsigned minor, size_t *len)
{
	struct tshard_run_line *sorted = calloc(n + 1, sizeof *sorted);
	struct tsi_vec out = { 0 };
	int rc = 0;

	if (!sorted)
		return NULL;
	for (size_t i = 0; i < n; i++)
		sorted[i] = v[i];
	qsort(sorted, n, sizeof *sorted, by_number);
	if (minor > 0)
		rc = tsi_vec_put(&out, first_line, strlen(first_line));
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = put_line(&out, &sorted[i]);
	if (rc == 0)
		rc = put_hash(&out);
	free(sorted);
	if (rc < 0) {
		free(out.p);
		return NULL;
	}
	*len = out.n - 1;
	return (char *)out.p;
}

char *
tshard_run_render(const struct tshard_run_line *v, size_t n, size_t *len)
{
	return tsi_run_render(v, n, 1, len);
}

/* ---- reading ---- */

struct tsv_parser {
	const char *at, *end;
	bool bad;   /* at `at` */
	bool newer; /* bad: a run.tsv of another format */
};

static uint64_t
number(struct tsv_parser *p, uint64_t most, char stop)
{
	uint64_t v = 0;
	const char *start = p->at;

	for (; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++) {
		uint64_t digit = (uint64_t)(*p->at - '0');

		if (v > (most - digit) / 10)
			break;
		v = v * 10 + digit;
	}
	if (p->bad || p->at == start || (*start == '0' && p->at - start > 1) ||
	    p->at == p->end || *p->at != stop)
		p->bad = true;
	else
		p->at++;
	return v;
}

static void
hex(struct tsv_parser *p, unsigned char *out, size_t n, char stop)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < 2 * n && !p->bad; i++) {
		const char *d =
		    p->at < p->end && *p->at != '\0' ? strchr(digits, *p->at) : NULL;

		if (!d) {
			p->bad = true;
			return;
		}
		out[i / 2] = (unsigned char)(i % 2 == 0 ? d - digits
							: out[i / 2] << 4 | (d - digits));
		p->at++;
	}
	if (p->bad || p->at == p->end || *p->at != stop)
		p->bad = true;
	else
		p->at++;
}

static void
parse_line(struct tsv_parser *p, struct tshard_run_line *l)
{
	l->no = (uint32_t)number(p, UINT32_MAX, '\t');
	l->first_sample = number(p, UINT64_MAX, '\t');
	l->samples = number(p, UINT64_MAX, '\t');
	l->seq_len = (uint32_t)number(p, UINT32_MAX, '\t');
	l->tokens = number(p, UINT64_MAX, '\t');
	l->bin_bytes = number(p, UINT64_MAX, '\t');
	hex(p, l->payload, 16, '\t');
	hex(p, l->digest, 32, '\n');
}

/* Lines must join without a gap: the search relies on it. */
static bool
joins(const struct tshard_run_line *a, const struct tshard_run_line *b)
{
	uint64_t end;

	return b->no == a->no + 1 &&
	       !__builtin_add_overflow(a->first_sample, a->samples, &end) &&
	       b->first_sample == end;
}

/* The first line, if there is one; 1.0 begins with a number. */
static void
parse_format(struct tsv_parser *p, unsigned *minor)
{
	size_t n = strlen(first_line);

	*minor = 0;
	if (p->at < p->end && *p->at >= '0' && *p->at <= '9')
		return;
	*minor = 1;
	p->bad = (size_t)(p->end - p->at) < n || memcmp(p->at, first_line, n) != 0;
	p->newer = p->bad && (size_t)(p->end - p->at) >= n &&
		   memcmp(p->at, first_line, strlen("tamis-run ")) == 0;
	if (!p->bad)
		p->at += n;
}

/* The last line: the hash of all lines before it. */
static void
parse_end(struct tsv_parser *p, const char *text)
{
	static const char mark[] = "sha256\t";
	size_t n = strlen(mark);
	unsigned char is[32], should[32];
	const char *line = p->at;

	p->bad = p->bad || (size_t)(p->end - p->at) < n || memcmp(p->at, mark, n) != 0;
	if (p->bad)
		return;
	p->at += n;
	hex(p, should, 32, '\n');
	tshard_sha256(text, (size_t)(line - text), is);
	if (p->bad || (p->at == p->end && memcmp(is, should, 32) == 0))
		return;
	p->bad = true;
	if (p->at == p->end)
		p->at = line;
}

struct tshard_run_line *
tsi_run_parse(const char *path, const char *text, size_t bytes, size_t *n,
    unsigned *minor, uint64_t *byte, struct tshard_error *e)
{
	struct tsv_parser p = { .at = text, .end = text + bytes };
	/* The hashes of a line have 96 bytes, which bounds the number of lines. */
	struct tshard_run_line *v = calloc(bytes / 96 + 1, sizeof *v);

	if (!v) {
		tsi_nomem(e);
		return NULL;
	}
	parse_format(&p, minor);
	for (*n = 0; p.at < p.end && *p.at != 's' && !p.bad; (*n)++) {
		const char *line = p.at;

		parse_line(&p, &v[*n]);
		if (!p.bad && *n > 0 && !joins(&v[*n - 1], &v[*n])) {
			p.at = line;
			p.bad = true;
		}
	}
	parse_end(&p, text);
	if (!p.bad && *n > 0)
		return v;
	*byte = (uint64_t)(p.at - text);
	tsi_fail(e, TSHARD_DATA, "%s: byte %" PRIu64 ": %s", path, *byte,
	    p.newer
		? "format of a newer tamis, this one reads 1.0 and 1.1: use a newer tamis"
		: "not written by tamis mix, or damaged: use an intact copy");
	free(v);
	return NULL;
}

struct tshard_run {
	char *dir;
	struct tshard_run_line *line;
	size_t n;
	unsigned minor;
	struct tshard_header h;
};

static bool
is_listed(const struct tshard_header *h, const struct tshard_run_line *l)
{
	return h->kind != TSHARD_DOCS && h->shard_no == l->no &&
	       h->first_sample == l->first_sample && h->samples == l->samples &&
	       h->seq_len == l->seq_len && h->tokens == l->tokens &&
	       h->bin_bytes == l->bin_bytes && memcmp(h->payload, l->payload, 16) == 0;
}

/* Read only the header, so that opening a run of any size costs one small read. */
static int
read_header(const char *prefix, struct tshard_header *h, struct tshard_error *e)
{
	struct tshard s = { .prefix = NULL };
	unsigned char raw[TSI_HEADER];
	int rc = -1;

	s.fd[0] = s.fd[1] = s.direct = -1;
	s.path[TSI_SDX] = tsi_format("%s%s", prefix, tsi_ext[TSI_SDX]);
	if (!s.path[TSI_SDX])
		return tsi_nomem(e);
	s.fd[TSI_SDX] = open(s.path[TSI_SDX], O_RDONLY | O_CLOEXEC);
	if (s.fd[TSI_SDX] < 0)
		tsi_errno(e, "copy the missing shard", "%s", s.path[TSI_SDX]);
	else if (tsi_pread(s.fd[TSI_SDX], raw, TSI_HEADER, 0, s.path[TSI_SDX], e) == 0)
		rc = tsi_header_check(&s, raw, e);
	*h = s.h;
	tsi_release(&s);
	return rc;
}

/* Read run.tsv and the header of its first shard. */
static int
read_run(struct tshard_run *r, const char *path, struct tshard_error *e)
{
	char *text, *prefix;
	uint64_t byte;
	size_t bytes;
	int rc;

	text = tsi_slurp(path, MOST_BYTES, &bytes, e);
	if (!text)
		return -1;
	r->line = tsi_run_parse(path, text, bytes, &r->n, &r->minor, &byte, e);
	free(text);
	if (!r->line)
		return -1;
	prefix = tsi_run_prefix(r->dir, r->line[0].no);
	if (!prefix)
		return tsi_nomem(e);
	rc = read_header(prefix, &r->h, e);
	if (rc == 0 && !is_listed(&r->h, &r->line[0]))
		rc = tsi_fail(e, TSHARD_DATA,
		    "%s: the line of its first shard disagrees with %s.sdx: run 'tamis "
		    "verify' on the run",
		    path, prefix);
	free(prefix);
	return rc;
}

int
tshard_run_open(struct tshard_run **out, const char *dir, struct tshard_error *e)
{
	struct tshard_run *r = calloc(1, sizeof *r);
	char *path = tsi_format("%s/" TSI_RUN_TSV, dir);
	int rc;

	*out = NULL;
	if (r)
		r->dir = tsi_format("%s", dir);
	if (!r || !path || !r->dir)
		rc = tsi_nomem(e);
	else
		rc = read_run(r, path, e);
	free(path);
	if (rc < 0)
		tshard_run_close(r);
	else
		*out = r;
	return rc;
}

void
tshard_run_close(struct tshard_run *r)
{
	if (!r)
		return;
	free(r->dir);
	free(r->line);
	free(r);
}

unsigned
tshard_run_minor(const struct tshard_run *r)
{
	return r->minor;
}

const struct tshard_header *
tshard_run_header(const struct tshard_run *r)
{
	return &r->h;
}

const char *
tshard_run_dir(const struct tshard_run *r)
{
	return r->dir;
}

size_t
tshard_run_shards(const struct tshard_run *r)
{
	return r->n;
}

uint64_t
tshard_run_samples(const struct tshard_run *r)
{
	const struct tshard_run_line *last = &r->line[r->n - 1];

	return last->first_sample + last->samples - r->line[0].first_sample;
}

const struct tshard_run_line *
tshard_run_at(const struct tshard_run *r, size_t i)
{
	return i < r->n ? &r->line[i] : NULL;
}

int
tshard_run_find(const struct tshard_run *r, uint64_t sample, size_t *i, uint64_t *local)
{
	size_t low = 0, high = r->n;

	/* The last line that starts at or before the sample. */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (r->line[mid].first_sample <= sample)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 ||
	    sample - r->line[low - 1].first_sample >= r->line[low - 1].samples)
		return -1;
	*i = low - 1;
	*local = sample - r->line[low - 1].first_sample;
	return 0;
}

/* Whether an open shard is the one that line i lists. */
static bool
is_shard(const struct tshard *s, const struct tshard_run *r, size_t i)
{
	unsigned char digest[32];

	tshard_digest(s, digest);
	return is_listed(&s->h, &r->line[i]) &&
	       (r->minor == 0 || memcmp(digest, r->line[i].digest, 32) == 0);
}

int
tshard_run_shard(const struct tshard_run *r, size_t i, unsigned flags, struct tshard **s,
    struct tshard_error *e)
{
	char *prefix;
	int rc;

	*s = NULL;
	if (i >= r->n)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: shard %zu does not exist: the run has %zu, from 0 on", r->dir, i,
		    r->n);
	prefix = tsi_run_prefix(r->dir, r->line[i].no);
	if (!prefix)
		return tsi_nomem(e);
	rc = tshard_open(s, prefix, flags, e);
	if (rc == 0 && !is_shard(*s, r, i)) {
		rc = tsi_fail(e, TSHARD_DATA,
		    "%s.sdx: disagrees with its line in %s/" TSI_RUN_TSV
		    ": run 'tamis verify' on the run",
		    prefix, r->dir);
		tshard_close(*s);
		*s = NULL;
	}
	free(prefix);
	return rc;
}
