/* verify_shard.c - verify a shard; a check covers every byte of its files. */
#include "shards/tshard/tshard_impl.h"

#include <inttypes.h>
#include <stdlib.h>

static int
check_zero(struct tshard *s, uint64_t from, uint64_t to, struct tsi_report *r,
    struct tshard_error *e)
{
	unsigned char b[TSI_ENTRY];

	while (from < to) {
		size_t n = to - from < sizeof b ? (size_t)(to - from) : sizeof b;

		if (tsi_pread(s->fd[TSI_SDX], b, n, from, s->path[TSI_SDX], e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (b[i] == 0)
				continue;
			tsi_found(r, s->path[TSI_SDX], from + i,
			    "a gap between sections is not zero: use an intact copy");
			return 0;
		}
		from += n;
	}
	return 0;
}

/* Hashes and gaps.  *rows, *crcs: whether later checks can rely on rows and CRCs. */
static int
verify_sections(struct tshard *s, struct tsi_report *r, bool *rows, bool *crcs,
    struct tshard_error *e)
{
	unsigned char *buf = malloc(TSI_SECTION_CHUNK);
	struct tsi_hasher *hash = tsi_hasher_new();
	uint64_t end = TSI_HEADER + (uint64_t)s->h.n_sections * TSI_ENTRY;
	int rc = -1;

	*rows = *crcs = true;
	if (!buf || !hash) {
		tsi_nomem(e);
		goto out;
	}
	for (uint32_t i = 0; i < s->h.n_sections; i++) {
		const struct tshard_section *sec = &s->sec[i];

		if (check_zero(s, end, sec->offset, r, e) < 0 ||
		    tsi_section_hash(s, sec, buf, hash, e) < 0)
			goto out;
		end = sec->offset + sec->bytes;
		if (tsi_hasher_64(hash) == sec->xxh3)
			continue;
		tsi_found(r, s->path[TSI_SDX], sec->offset,
		    "the checksum of section %s, to byte %" PRIu64
		    ", differs: use an intact copy",
		    sec->tag, end - 1);
		if (strcmp(sec->tag, "BLKCRC") == 0)
			*crcs = false;
		else
			*rows = false;
	}
	rc = check_zero(s, end, s->h.sdx_bytes - TSI_END, r, e);
out:
	free(buf);
	tsi_hasher_free(hash);
	return rc;
}

static void
verify_header(struct tshard *s, struct tsi_report *r)
{
	const struct tshard_header *h = &s->h;
	const char *path = s->path[TSI_SDX];
	const struct {
		uint32_t id;
		unsigned at;
		const char *name;
	} special[] = { { h->eod, 112, "eod" }, { h->pad, 116, "pad" },
		{ h->bos, 120, "bos" } };

	for (size_t i = 0; i < 3; i++)
		if (special[i].id != TSHARD_NONE && special[i].id >= h->vocab)
			tsi_found(r, path, special[i].at,
			    "%s is %" PRIu32 ", ids are below %" PRIu32
			    ": regenerate the shard",
			    special[i].name, special[i].id, h->vocab);
	if (h->kind != TSHARD_DOCS && (h->first_sample > h->run_samples ||
					  h->samples > h->run_samples - h->first_sample))
		tsi_found(r, path, 88,
		    "samples %" PRIu64 " to %" PRIu64 " of a run of %" PRIu64
		    ": regenerate the shard",
		    h->first_sample, h->first_sample + h->samples, h->run_samples);
	if (h->shard_count > 0 && h->shard_no >= h->shard_count)
		tsi_found(r, path, 104,
		    "shard %" PRIu32 " of %" PRIu32
		    " shards, counted from 0: regenerate the shard",
		    h->shard_no, h->shard_count);
}

static int
verify_content(struct tshard *s, struct tsi_report *r, struct tshard_error *e)
{
	bool rows, crcs;
	size_t before = r->n;

	if (verify_sections(s, r, &rows, &crcs, e) < 0)
		return -1;
	verify_header(s, r);
	if (rows && tsi_verify_rows(s, r, e) < 0)
		return -1;
	if (r->n > before)
		rows = false;
	if (tsi_verify_idx(s, r, rows, e) < 0)
		return -1;
	if (tsi_verify_payload(s, r, crcs, rows, e) < 0)
		return -1;
	/* A damaged prompt would only be found twice. */
	return r->n > before ? 0 : tsi_verify_prompts(s, r, e);
}

int
tsi_verify_shard(
    struct tshard *s, const char *path, struct tsi_report *r, struct tshard_error *e)
{
	int rc = tsi_open(s, path, 0, e);

	if (rc < 0)
		return tsi_found_error(
		    r, s->bad_file < 0 ? path : s->path[s->bad_file], s->bad_byte, e);
	r->bytes += s->h.sdx_bytes;
	return r->quick ? 0 : verify_content(s, r, e);
}
