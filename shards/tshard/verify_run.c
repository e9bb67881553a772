/* verify_run.c - verify a shard, or a run: its shards on threads, and its text files. */
#include "shards/tshard/tshard_impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HASH_CHUNK = 1 << 18 };

struct run_shard {
	char *path; /* prefix */
	uint32_t no;
	struct tsi_report r;
	struct tshard_header h;
	struct tshard_run_line line;
	bool opened, done;
	int rc;
	struct tshard_error e;
};

struct run_check {
	const char *dir;
	struct tshard_verify *v;
	struct run_shard *shard;
	size_t n, taken;
	char *tsv; /* the bytes of run.tsv, or NULL */
	size_t tsv_bytes;
	struct tshard_run_line *listed; /* its lines, or NULL */
	size_t n_listed;
	unsigned minor;		/* of its format */
	struct tsi_report text; /* findings about the run as a whole */
	pthread_mutex_t lock;
	pthread_cond_t change;
	bool stop;
};

/* ---- the shards of the run ---- */

static int
compare_numbers(const void *a, const void *b)
{
	uint32_t x, y;

	memcpy(&x, a, 4);
	memcpy(&y, b, 4);
	return x < y ? -1 : x > y;
}

/* The numbers of shards in the directory and in run.tsv, sorted, each once. */
static int
collect(struct run_check *run, struct tsi_vec *numbers, struct tshard_error *e)
{
	DIR *d = opendir(run->dir);
	struct dirent *entry;
	size_t kept = 0;
	int rc = 0;

	if (!d)
		return tsi_errno(e, "name the directory of a run", "%s", run->dir);
	while (rc == 0 && (errno = 0, entry = readdir(d))) {
		int64_t no = tsi_shard_number(entry->d_name);
		uint32_t v = (uint32_t)no;

		if (no >= 0 && tsi_vec_put(numbers, &v, 4) < 0)
			rc = tsi_nomem(e);
	}
	if (rc == 0 && errno != 0)
		rc = tsi_errno(e, "check the file system", "%s: cannot list", run->dir);
	closedir(d);
	for (size_t i = 0; rc == 0 && i < run->n_listed; i++)
		if (tsi_vec_put(numbers, &run->listed[i].no, 4) < 0)
			rc = tsi_nomem(e);
	if (rc < 0 || numbers->n == 0)
		return rc;
	qsort(numbers->p, numbers->n / 4, 4, compare_numbers);
	for (size_t i = 0; i < numbers->n; i += 4)
		if (i == 0 ||
		    compare_numbers(numbers->p + i, numbers->p + kept - 4) != 0) {
			memcpy(numbers->p + kept, numbers->p + i, 4);
			kept += 4;
		}
	numbers->n = kept;
	return 0;
}

static int
list_shards(struct run_check *run, struct tshard_error *e)
{
	struct tsi_vec numbers = { 0 };
	int rc = collect(run, &numbers, e);

	if (rc < 0)
		goto out;
	run->shard = calloc(numbers.n / 4 + 1, sizeof *run->shard);
	if (!run->shard) {
		rc = tsi_nomem(e);
		goto out;
	}
	for (size_t i = 0; rc == 0 && i < numbers.n / 4; i++) {
		struct run_shard *s = &run->shard[i];

		memcpy(&s->no, numbers.p + 4 * i, 4);
		s->r.quick = run->v->quick != 0;
		s->path = tsi_run_prefix(run->dir, s->no);
		if (!s->path)
			rc = tsi_nomem(e);
		run->n = i + 1;
	}
out:
	free(numbers.p);
	return rc;
}

/* ---- each shard ---- */

static const struct tshard_run_line *
listed(const struct run_check *run, uint32_t no)
{
	uint64_t i = run->n_listed == 0 || no < run->listed[0].no
			 ? run->n_listed
			 : no - run->listed[0].no;

	/* The numbers of lines are consecutive: tsi_run_parse checks it. */
	return i < run->n_listed ? &run->listed[i] : NULL;
}

static int
hash_file(const char *path, unsigned char out[32], struct tshard_error *e)
{
	unsigned char *buf = malloc(HASH_CHUNK);
	struct tsi_sha sha;
	int fd = -1, rc = -1;
	ssize_t got;

	if (!buf)
		return tsi_nomem(e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		tsi_errno(e, "name a readable file", "%s", path);
		goto out;
	}
	tsi_sha_init(&sha);
	while ((got = read(fd, buf, HASH_CHUNK)) > 0 || (got < 0 && errno == EINTR))
		tsi_sha_add(&sha, buf, got > 0 ? (size_t)got : 0);
	if (got < 0) {
		tsi_errno(e, "try again, or use another copy", "%s: cannot read", path);
		goto out;
	}
	tsi_sha_sum(&sha, out);
	rc = 0;
out:
	if (fd >= 0)
		close(fd);
	free(buf);
	return rc;
}

/* The line that run.tsv should have for the shard, in the format that it has. */
static int
line_of(const struct run_check *run, struct run_shard *one, const struct tshard *s)
{
	const struct tshard_run_line *l = listed(run, one->no);

	tsi_run_line_of(s, &one->line);
	if (run->minor > 0)
		return 0;
	if (!run->v->quick || !l)
		return hash_file(s->path[TSI_SDX], one->line.digest, &one->e);
	/* Quick leaves this field out, which in 1.0 costs a read of the whole sidecar. */
	memcpy(one->line.digest, l->digest, sizeof l->digest);
	return 0;
}

static void
verify_one(const struct run_check *run, struct run_shard *one)
{
	char *sdx = tsi_format("%s%s", one->path, tsi_ext[TSI_SDX]);
	struct tshard s;

	memset(&s, 0, sizeof s);
	if (!sdx) {
		one->rc = tsi_nomem(&one->e);
		return;
	}
	if (access(sdx, F_OK) < 0 && errno == ENOENT) {
		tsi_found(&one->r, sdx, 0,
		    "the shard is missing or incomplete: use an intact copy, or run "
		    "'tamis mix --resume'");
	} else {
		one->rc = tsi_verify_shard(&s, one->path, &one->r, &one->e);
		one->opened = one->rc == 0 && s.src && s.bad_file < 0;
		one->h = s.h;
		if (one->opened)
			one->rc = line_of(run, one, &s);
		tsi_release(&s);
	}
	free(sdx);
}

static void *
worker(void *ctx)
{
	struct run_check *run = ctx;
	size_t i;

	pthread_mutex_lock(&run->lock);
	while (!run->stop && run->taken < run->n) {
		i = run->taken++;
		pthread_mutex_unlock(&run->lock);
		verify_one(run, &run->shard[i]);
		pthread_mutex_lock(&run->lock);
		run->shard[i].done = true;
		pthread_cond_broadcast(&run->change);
	}
	pthread_mutex_unlock(&run->lock);
	return NULL;
}

/* Report the findings of the shards in order, while later ones are being verified. */
static int64_t
deliver(struct run_check *run, bool alone, struct tshard_error *e)
{
	int64_t found = 0;

	for (size_t i = 0; i < run->n; i++) {
		struct run_shard *one = &run->shard[i];

		if (alone) {
			verify_one(run, one);
		} else {
			pthread_mutex_lock(&run->lock);
			while (!one->done)
				pthread_cond_wait(&run->change, &run->lock);
			pthread_mutex_unlock(&run->lock);
		}
		if (one->rc < 0) {
			if (e)
				*e = one->e;
			return -1;
		}
		run->v->shards++;
		found += tsi_report_deliver(&one->r, one->path, run->v);
	}
	return found;
}

static int64_t
verify_shards(struct run_check *run, struct tshard_error *e)
{
	size_t want = run->v->threads < run->n ? run->v->threads : run->n, started = 0;
	pthread_t *thread = calloc(want + 1, sizeof *thread);
	int64_t found;

	if (!thread)
		return tsi_nomem(e);
	if (want > 1)
		while (started < want &&
		       pthread_create(&thread[started], NULL, worker, run) == 0)
			started++;
	found = deliver(run, started == 0, e);
	pthread_mutex_lock(&run->lock);
	run->stop = true;
	pthread_mutex_unlock(&run->lock);
	for (size_t i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	free(thread);
	return found;
}

/* ---- the run as a whole ---- */

static bool
same_run(const struct tshard_header *a, const struct tshard_header *b)
{
	return a->kind == b->kind && a->encoding == b->encoding && a->vocab == b->vocab &&
	       a->run_samples == b->run_samples && a->shard_count == b->shard_count &&
	       a->eod == b->eod && a->pad == b->pad && a->bos == b->bos &&
	       a->seed == b->seed && memcmp(a->tokenizer, b->tokenizer, 32) == 0 &&
	       memcmp(a->plan, b->plan, 32) == 0 && memcmp(a->run_id, b->run_id, 16) == 0;
}

/* joined: the shard before it exists, and ends at sample `at`. */
static void
check_shard(struct run_check *run, const struct run_shard *s,
    const struct run_shard *first, uint64_t at, bool joined)
{
	char *sdx = tsi_format("%s%s", s->path, tsi_ext[TSI_SDX]);

	if (!sdx)
		return;
	if (s->h.kind == TSHARD_DOCS || !same_run(&first->h, &s->h))
		tsi_found(&run->text, sdx, 0,
		    "the shard is not of the run of %s: remove it", first->path);
	else if (s->h.shard_no != s->no)
		tsi_found(&run->text, sdx, 104,
		    "the shard is number %" PRIu32 ": rename it", s->h.shard_no);
	else if (joined && s->h.first_sample != at)
		tsi_found(&run->text, sdx, 88,
		    "starts at sample %" PRIu64 ", the one before ends at %" PRIu64
		    ": regenerate the run",
		    s->h.first_sample, at);
	free(sdx);
}

/* The first shard that opened, or NULL. */
static const struct run_shard *
first_opened(const struct run_check *run)
{
	for (size_t i = 0; i < run->n; i++)
		if (run->shard[i].opened)
			return &run->shard[i];
	return NULL;
}

/*
 * Report the shards that neither the directory nor run.tsv has, and a missing run.tsv.
 * Returns 1 if the run is complete, 0 if not, or -1 with *e.
 */
static int
check_complete(struct run_check *run, const char *tsv, struct tshard_error *e)
{
	const struct run_shard *first = first_opened(run);
	uint32_t *no = calloc(run->n + 1, sizeof *no);
	char list[TSI_MISSING];
	uint64_t missing = 0;

	if (!no)
		return tsi_nomem(e);
	for (size_t i = 0; i < run->n; i++)
		no[i] = run->shard[i].no;
	if (first)
		missing =
		    tsi_missing(no, run->n, first->h.shard_count, list, sizeof list);
	free(no);
	if (missing > 0)
		tsi_found(&run->text, run->dir, 0,
		    "the run lacks %" PRIu64 " of its %" PRIu32
		    " shards (%s)%s: run 'tamis mix --resume'",
		    missing, first->h.shard_count, list, run->tsv ? "" : " and run.tsv");
	else if (!run->tsv)
		tsi_found(&run->text, tsv, 0, "no such file: run 'tamis mix --resume'");
	return missing == 0;
}

/* Check the shards against each other.  Shards that do not open are reported already. */
static bool
check_shards(struct run_check *run, bool complete)
{
	const struct run_shard *first = first_opened(run);
	uint64_t at = 0, next = 0;
	bool all = run->n > 0;

	for (size_t i = 0; i < run->n; i++) {
		const struct run_shard *s = &run->shard[i];

		if (s->opened) {
			check_shard(run, s, first, at, s->no == next);
			at = s->h.first_sample + s->h.samples;
		} else {
			all = false;
			at += listed(run, s->no) ? listed(run, s->no)->samples : 0;
		}
		next = (uint64_t)s->no + 1;
	}
	if (all && complete &&
	    (run->n != first->h.shard_count || at != first->h.run_samples))
		tsi_found(&run->text, run->dir, 0,
		    "%zu shards with %" PRIu64 " samples, the run has %" PRIu32
		    " with %" PRIu64 ": run 'tamis mix --resume'",
		    run->n, at, first->h.shard_count, first->h.run_samples);
	return all;
}

static int
check_plan(struct run_check *run, struct tshard_error *e)
{
	char *path = tsi_format("%s/" TSI_PLAN_LOCK, run->dir);
	unsigned char sum[32];
	int rc = 0;

	if (!path)
		return tsi_nomem(e);
	if (access(path, F_OK) < 0 && errno == ENOENT) {
		tsi_found(&run->text, path, 0, "no such file: use an intact copy");
		goto out;
	}
	rc = hash_file(path, sum, e);
	for (size_t i = 0; rc == 0 && i < run->n; i++) {
		if (!run->shard[i].opened || memcmp(run->shard[i].h.plan, sum, 32) == 0)
			continue;
		tsi_found(&run->text, path, 0,
		    "its SHA-256 is not the one in %s.sdx: use an intact copy",
		    run->shard[i].path);
		break;
	}
out:
	free(path);
	return rc;
}

/* run.tsv must be, byte for byte, the one that the headers imply. */
static int
check_tsv(struct run_check *run, const char *path, struct tshard_error *e)
{
	struct tshard_run_line *v = calloc(run->n + 1, sizeof *v);
	char *should;
	size_t len, at = 0;

	if (!v)
		return tsi_nomem(e);
	for (size_t i = 0; i < run->n; i++)
		v[i] = run->shard[i].line;
	should = tsi_run_render(v, run->n, run->minor, &len);
	free(v);
	if (!should)
		return tsi_nomem(e);
	while (at < len && at < run->tsv_bytes && run->tsv[at] == should[at])
		at++;
	if (at < len || at < run->tsv_bytes)
		tsi_found(&run->text, path, at,
		    "disagrees with the shards: use an intact copy");
	free(should);
	return 0;
}

static int
read_tsv(struct run_check *run, const char *path, struct tshard_error *e)
{
	uint64_t byte = 0;

	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	run->tsv = tsi_slurp(path, 1 << 30, &run->tsv_bytes, e);
	if (!run->tsv)
		return tsi_found_error(&run->text, path, 0, e);
	run->listed = tsi_run_parse(
	    path, run->tsv, run->tsv_bytes, &run->n_listed, &run->minor, &byte, e);
	if (!run->listed) {
		run->n_listed = 0;
		return tsi_found_error(&run->text, path, byte, e);
	}
	return 0;
}

static int64_t
verify(struct run_check *run, const char *path, struct tshard_error *e)
{
	int64_t found;
	int complete;

	if (read_tsv(run, path, e) < 0 || list_shards(run, e) < 0)
		return -1;
	if (!run->tsv && run->n == 0)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: neither run.tsv nor shards: name a shard or the directory of a "
		    "run",
		    run->dir);
	found = verify_shards(run, e);
	if (found < 0)
		return -1;
	complete = check_complete(run, path, e);
	if (complete < 0 || check_plan(run, e) < 0)
		return -1;
	if (check_shards(run, complete > 0) && run->listed && check_tsv(run, path, e) < 0)
		return -1;
	return found + tsi_report_deliver(&run->text, run->dir, run->v);
}

static int64_t
verify_run(const char *dir, struct tshard_verify *v, struct tshard_error *e)
{
	struct run_check run = { .dir = dir, .v = v, .minor = 1 };
	char *path = tsi_format("%s/" TSI_RUN_TSV, dir);
	int64_t found;

	if (!path)
		return tsi_nomem(e);
	pthread_mutex_init(&run.lock, NULL);
	pthread_cond_init(&run.change, NULL);
	found = verify(&run, path, e);
	for (size_t i = 0; i < run.n; i++) {
		tsi_report_free(&run.shard[i].r);
		free(run.shard[i].path);
	}
	tsi_report_free(&run.text);
	pthread_mutex_destroy(&run.lock);
	pthread_cond_destroy(&run.change);
	free(run.shard);
	free(run.listed);
	free(run.tsv);
	free(path);
	return found;
}

static int64_t
verify_single(const char *path, struct tshard_verify *v, struct tshard_error *e)
{
	struct tsi_report r = { .quick = v->quick != 0 };
	struct tshard s;
	int64_t n = -1;

	memset(&s, 0, sizeof s);
	if (tsi_verify_shard(&s, path, &r, e) == 0) {
		v->shards++;
		n = tsi_report_deliver(&r, path, v);
	}
	tsi_release(&s);
	tsi_report_free(&r);
	return n;
}

int64_t
tshard_verify(const char *path, struct tshard_verify *v, struct tshard_error *e)
{
	struct stat st;

	v->shards = v->bytes = 0;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return verify_run(path, v, e);
	return verify_single(path, v, e);
}
