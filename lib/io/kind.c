/* kind.c - recognise files that are not JSON lines, by their content. */
#include "lib/io/kind.h"

#include "lib/base/chars.h"
#include "lib/base/err.h"

/* The fixes of a kind: a command that writes what tamis reads, or a sentence. */
struct kind {
	const char *name;
	const char *command; /* before and after the file's name */
	const char *after;
	const char *fix; /* with command NULL */
};

struct magic {
	size_t at;
	struct span bytes;
	struct kind kind;
};

static const char to_json_lines[] = "convert it to JSON lines";
static const char to_decompress[] = "decompress it once with 'gzip -dc' or 'zstd -dc'";

#define MAGIC(at, bytes, ...)                                                            \
	{                                                                                \
		at, { (bytes), sizeof(bytes) - 1 },                                      \
		{                                                                        \
			__VA_ARGS__                                                      \
		}                                                                        \
	}
#define PACKED(at, bytes, name, command) MAGIC(at, bytes, name, command, "", NULL)

static const struct magic magics[] = {
	/* The data is decompressed once. */
	MAGIC(0, "\x1f\x8b\x08", "compressed twice", NULL, NULL, to_decompress),
	MAGIC(0, "\x28\xb5\x2f\xfd", "compressed twice", NULL, NULL, to_decompress),
	PACKED(0, "BZh", "bzip2 data", "bzip2 -dc "),
	PACKED(0,
	    "\xfd"
	    "7zXZ\0",
	    "xz data", "xz -dc "),
	PACKED(0, "\x04\x22\x4d\x18", "lz4 data", "lz4 -dc "),
	PACKED(0, "\xff\x06\0\0sNaPpY", "snappy data", "snzip -dc "),
	PACKED(0, "LZIP", "lzip data", "lzip -dc "),
	PACKED(0, "\x1f\x9d", "compress (.Z) data", "gzip -dc "),
	PACKED(0, "PK\3\4", "a zip archive", "unzip -p "),
	PACKED(0, "7z\xbc\xaf\x27\x1c", "a 7z archive", "7z x -so "),
	PACKED(257, "ustar", "a tar archive", "tar -xOf "),
	MAGIC(0, "PAR1", "a Parquet file", "duckdb -c \"COPY (FROM '",
	    "') TO '/dev/stdout' (FORMAT json)\"", NULL),
	MAGIC(0, "ARROW1\0\0", "an Arrow file", NULL, NULL,
	    "convert it to JSON lines, for example with read_ipc and write_ndjson of "
	    "Polars"),
	MAGIC(0, "\xff\xff\xff\xff", "an Arrow stream", NULL, NULL,
	    "convert it to JSON lines, for example with read_ipc_stream and write_ndjson "
	    "of Polars"),
	MAGIC(0, "ORC", "an ORC file", NULL, NULL, to_json_lines),
	MAGIC(0, "Obj\1", "an Avro file", NULL, NULL, to_json_lines),
	MAGIC(0, "SQLite format 3\0", "an SQLite database", NULL, NULL, to_json_lines),
	MAGIC(0, "\x89HDF\r\n\x1a\n", "an HDF5 file", NULL, NULL, to_json_lines),
	MAGIC(0, "\x93NUMPY", "a NumPy array", NULL, NULL, to_json_lines),
	MAGIC(0, "\x80\4\x95", "a Python pickle", NULL, NULL, to_json_lines),
	MAGIC(0, "\x80\5\x95", "a Python pickle", NULL, NULL, to_json_lines),
	MAGIC(0, "%PDF-", "a PDF file", NULL, NULL,
	    "convert it to text, for example with pdftotext, and use 'tamis extract'"),
	PACKED(0, "\x1e{", "a JSON text sequence", "tr -d '\\036' <"),
	MAGIC(0, "version https://git-lfs.github.com/spec/", "a Git LFS pointer", NULL,
	    NULL, "fetch the file with 'git lfs pull'"),
	PACKED(0, "WARC/0.", "a WARC file", "tamis extract "),
	PACKED(0, "WARC/1.", "a WARC file", "tamis extract "),
	PACKED(0, "filedesc://", "an ARC file", "tamis extract "),
	MAGIC(0, "\x89SDX\r\n\x1a\n", "a sidecar of a shard", NULL, NULL,
	    "use 'tamis info' or 'tamis cat'"),
	MAGIC(0, "MMIDIDX\0\0", "an index of a shard", NULL, NULL,
	    "use 'tamis info' or 'tamis cat'"),
	PACKED(0, "\xff\xfe\0\0", "UTF-32 text", "iconv -f UTF-32 -t UTF-8 "),
	PACKED(0, "\xff\xfe", "UTF-16 text", "iconv -f UTF-16 -t UTF-8 "),
	PACKED(0, "\xfe\xff", "UTF-16 text", "iconv -f UTF-16 -t UTF-8 "),
	PACKED(0, "{\0", "UTF-16 text", "iconv -f UTF-16LE -t UTF-8 "),
	PACKED(0, "\0{", "UTF-16 text", "iconv -f UTF-16BE -t UTF-8 "),
};

static const struct kind payload = { "tokens of a shard", NULL, NULL,
	"use 'tamis info' or 'tamis cat'" };
static const struct kind binary = { "binary data", NULL, NULL, to_json_lines };
static const struct kind brotli = { "brotli data", "brotli -dc ", "", NULL };
static const struct kind plain = { "plain text", "tamis extract ", "", NULL };
static const struct kind array = { "a JSON array", "jq -c '.[]' ", "", NULL };
static const struct kind pretty = { "JSON over several lines", "jq -c . ", "", NULL };
static const struct kind csv = { "comma-separated values", "mlr --icsv --ojsonl cat ", "",
	NULL };
static const struct kind semicolons = { "semicolon-separated values",
	"mlr --icsv --ifs ';' --ojsonl cat ", "", NULL };
static const struct kind tsv = { "tab-separated values", "mlr --itsv --ojsonl cat ", "",
	NULL };
static const struct kind html = {
	"an HTML page", NULL, NULL,
	"fetch the file again if a server sent the page instead, or use 'tamis extract'"
};
static const struct kind xml = { "XML", NULL, NULL,
	"convert it to JSON lines, or fetch the file again if a server sent the page "
	"instead" };
static const struct kind error_page = { "the XML error page of a server", NULL, NULL,
	"fetch the file again" };

/* Take the next line that is not blank off s, trimmed; empty: none. */
static struct span
next_line(struct span *s)
{
	struct span line = { s->p, 0 };

	while (s->n && line.n == 0) {
		const char *nl = memchr(s->p, '\n', s->n);
		size_t n = nl ? (size_t)(nl - s->p) : s->n;

		line = span_trim((struct span){ s->p, n });
		*s = span_from(*s, nl ? n + 1 : n);
	}
	return line;
}

/* Case is ignored. */
static bool
starts(struct span s, const char *prefix)
{
	const size_t n = strlen(prefix);

	return s.n >= n && ascii_eq(s.p, prefix, n);
}

static bool
contains(struct span s, struct span what)
{
	for (; s.n >= what.n; s = span_from(s, 1)) {
		const char *p = memchr(s.p, what.p[0], s.n - what.n + 1);

		if (!p)
			break;
		s = span_from(s, (size_t)(p - s.p));
		if (span_starts(s, what))
			return true;
	}
	return false;
}

static const struct kind *
markup_kind(struct span head, struct span line)
{
	enum { LOOK = 4096 };

	if (head.n > LOOK)
		head.n = LOOK;
	if (starts(line, "<!doctype html") || starts(line, "<html"))
		return &html;
	if (contains(head, SPAN("<Error>")) && contains(head, SPAN("<Code>")))
		return &error_page;
	if (starts(line, "<?xml") && contains(head, SPAN("<html")))
		return &html;
	return starts(line, "<?xml") || starts(line, "<mediawiki") ? &xml : NULL;
}

/* The number of sep in a line, outside of double quotes. */
static size_t
count(struct span line, char sep)
{
	bool quoted = false;
	size_t n = 0;

	for (size_t i = 0; i < line.n; i++) {
		quoted ^= line.p[i] == '"';
		n += line.p[i] == sep && !quoted;
	}
	return n;
}

/* Whether a line can name the columns of a table: short names, no sentence. */
static bool
names_columns(struct span line, char sep)
{
	enum { NAME_MAX_BYTES = 64 };
	size_t from = 0;

	for (size_t i = 0; i <= line.n; i++) {
		if (i < line.n && line.p[i] != sep)
			continue;
		if (i == from || i - from > NAME_MAX_BYTES || line.p[from] == ' ')
			return false;
		from = i + 1;
	}
	return true;
}

static const struct kind *
table_kind(struct span first, struct span second)
{
	static const struct {
		char sep;
		const struct kind *kind;
	} table[] = { { '\t', &tsv }, { ',', &csv }, { ';', &semicolons } };

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char sep = table[i].sep;
		const size_t n = count(first, sep);

		if (n && count(second, sep) >= n && names_columns(first, sep))
			return table[i].kind;
	}
	return NULL;
}

/* Whether a line of several words is not meant as JSON, and no line begins an object. */
static bool
is_plain(struct span head, struct span line)
{
	return (unsigned char)line.p[0] > ' ' && !strchr("\"-0123456789", line.p[0]) &&
	       memchr(line.p, ' ', line.n) && !contains(head, SPAN("\n{"));
}

/* Whether at least one byte in 16 is a control that text does not contain. */
static bool
is_binary(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (unsigned char)s.p[i] < ' ' && !is_space(s.p[i]) &&
		     s.p[i] != '\x1b' && s.p[i] != '\v';
	return n > s.n / 16;
}

/* A file with one bad line before documents is not of another kind. */
static const struct kind *
text_kind(struct span head)
{
	enum { LOOK = 4096 };
	struct span s =
	    span_starts(head, SPAN("\xef\xbb\xbf")) ? span_from(head, 3) : head;
	const struct span first = next_line(&s), second = next_line(&s);
	const bool object = second.n && second.p[0] == '{';
	const struct kind *k;

	if (first.n == 0)
		return NULL;
	if (first.p[0] == '{')
		return first.n == 1 && !object && second.n ? &pretty : NULL;
	if (first.p[0] == '[') {
		if (first.n == 1)
			return second.n && second.p[0] != '[' ? &array : NULL;
		return span_starts(span_trim(span_from(first, 1)), SPAN("{")) &&
			       (!object || first.p[first.n - 1] == ',')
			   ? &array
			   : NULL;
	}
	if (object)
		return NULL;
	if (is_binary((struct span){ head.p, head.n < LOOK ? head.n : LOOK }))
		return &binary;
	if (memchr(first.p, '\0', first.n))
		return NULL;
	if (first.p[0] == '<')
		return markup_kind(head, first);
	k = second.n ? table_kind(first, second) : NULL;
	return k ? k : is_plain(head, first) ? &plain : NULL;
}

static const struct kind *
kind_of(const char *path, struct span head)
{
	enum { LOOK = 4096 };
	const struct span start = { head.p, head.n < LOOK ? head.n : LOOK };
	const size_t n = strlen(path);

	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		const struct magic *m = &magics[i];

		if (head.n >= m->at && span_starts(span_from(head, m->at), m->bytes))
			return &m->kind;
	}
	if (n > 4 && strcmp(path + n - 4, ".bin") == 0 && start.n &&
	    memchr(start.p, '\0', start.n))
		return &payload;
	/* Brotli has no magic number. */
	if (n > 3 && strcmp(path + n - 3, ".br") == 0 && start.p[0] != '{')
		return &brotli;
	return text_kind(head);
}

bool
kind_problem(const char *path, struct span head, struct buf *why)
{
	const bool named = strcmp(path, "-") != 0;
	const struct kind *k = head.n ? kind_of(path, head) : NULL;

	if (!k)
		return false;
	buf_putf(why, "%s, not JSON lines: ", k->name);
	if (!k->command)
		buf_puts(why, k->fix);
	else
		buf_putf(why, "use '%s%s%s | %s'", k->command, named ? path : "FILE",
		    k->after, err_prog);
	return true;
}
