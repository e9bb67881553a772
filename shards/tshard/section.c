/* section.c - find a section of the sidecar, read it, compare it with its checksum. */
#include "shards/tshard/tshard_impl.h"

#include <stdlib.h>

const struct tshard_section *
tshard_section_at(const struct tshard *s, uint32_t i)
{
	return i < s->h.n_sections ? &s->sec[i] : NULL;
}

const struct tshard_section *
tshard_section(const struct tshard *s, const char *tag)
{
	for (uint32_t i = 0; i < s->h.n_sections; i++)
		if (strcmp(s->sec[i].tag, tag) == 0)
			return &s->sec[i];
	return NULL;
}

int
tshard_section_read(const struct tshard *s, const struct tshard_section *sec, uint64_t at,
    void *buf, size_t n, struct tshard_error *e)
{
	if (at > sec->bytes || n > sec->bytes - at) {
		tsi_fail(e, TSHARD_DATA,
		    "%s: bytes %llu to %llu of section %s: it has %llu", s->path[TSI_SDX],
		    (unsigned long long)at, (unsigned long long)at + n, sec->tag,
		    (unsigned long long)sec->bytes);
		return -1; /* clang-tidy does not see into tsi_fail */
	}
	return tsi_pread(s->fd[TSI_SDX], buf, n, sec->offset + at, s->path[TSI_SDX], e);
}

int
tsi_section_hash(const struct tshard *s, const struct tshard_section *sec,
    unsigned char *buf, struct tsi_hasher *hash, struct tshard_error *e)
{
	tsi_hasher_reset(hash);
	for (uint64_t at = 0; at < sec->bytes; at += TSI_SECTION_CHUNK) {
		size_t n = sec->bytes - at < TSI_SECTION_CHUNK ? (size_t)(sec->bytes - at)
							       : TSI_SECTION_CHUNK;

		if (tshard_section_read(s, sec, at, buf, n, e) < 0)
			return -1;
		tsi_hasher_add(hash, buf, n);
	}
	return 0;
}

static int
check_section(
    const struct tshard *s, const struct tshard_section *sec, struct tshard_error *e)
{
	unsigned char *buf = malloc(TSI_SECTION_CHUNK);
	struct tsi_hasher *hash = tsi_hasher_new();
	int rc = -1;

	if (!buf || !hash)
		tsi_nomem(e);
	else if (tsi_section_hash(s, sec, buf, hash, e) == 0)
		rc = tsi_hasher_64(hash) == sec->xxh3
			 ? 0
			 : tsi_fail(e, TSHARD_DATA,
			       "%s: byte %llu: the checksum of section %s differs: use "
			       "an intact copy",
			       s->path[TSI_SDX], (unsigned long long)sec->offset,
			       sec->tag);
	free(buf);
	tsi_hasher_free(hash);
	return rc;
}

int
tshard_check(const struct tshard *s, const char *tags, struct tshard_error *e)
{
	for (const char *at = tags + strspn(tags, " "), *end; *at != '\0';
	     at = end + strspn(end, " ?")) {
		const struct tshard_section *sec;
		char tag[9] = "";

		end = at + strcspn(at, " ?");
		if (end - at < (ptrdiff_t)sizeof tag)
			memcpy(tag, at, (size_t)(end - at));
		sec = tshard_section(s, tag);
		if (!sec && *end != '?')
			return tsi_fail(e, TSHARD_DATA,
			    "%s: section %.*s is missing: name a shard that has it",
			    s->path[TSI_SDX], (int)(end - at), at);
		if (sec && check_section(s, sec, e) < 0)
			return -1;
	}
	return 0;
}
