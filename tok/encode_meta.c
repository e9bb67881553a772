/* encode_meta.c - META of a DOCS shard: the tokenizer, and the reports of the inputs. */
#include "tok/encode_meta.h"

#include "lib/base/chars.h"
#include "lib/text/json_writer.h"
#include "shards/tshard/tshard.h"

static void
put_id(struct json_writer *w, const char *key, uint32_t id)
{
	jw_key(w, key);
	if (id == MODEL_NO_ID)
		jw_null(w);
	else
		jw_u64(w, id);
}

/* Fields are in the order of their names, so equal facts give equal bytes. */
void
put_meta(const struct tokenizer_facts *t, struct span report, struct buf *b)
{
	const struct model *m = t->model;
	struct json_writer w = { .out = b };
	unsigned char sha[32];
	char hex[65];

	tshard_sha256(m->bytes, m->n_bytes, sha);
	tshard_hex(sha, sizeof sha, hex);
	jw_object(&w);
	jw_raw(jw_key(&w, "provenance"), report);
	jw_object(jw_key(&w, "tokenizer"));
	if (t->adds_bos)
		jw_raw(jw_key(&w, "adds_bos"), SPAN("true"));
	put_id(&w, "bos", m->bos);
	put_id(&w, "eod", t->eod);
	if (t->eod != MODEL_NO_ID) {
		const struct model_piece *p = &m->piece[t->eod];

		jw_str(jw_key(&w, "eod_piece"), (struct span){ p->text, p->n });
	}
	jw_text(jw_key(&w, "model"), path_base(t->path));
	put_id(&w, "pad", m->pad);
	if (t->plain_symbols)
		jw_raw(jw_key(&w, "plain_symbols"), SPAN("true"));
	jw_text(jw_key(&w, "sha256"), hex);
	if (t->ties)
		jw_text(jw_key(&w, "ties"), t->ties);
	jw_text(jw_key(&w, "type"), m->kind == MODEL_BPE       ? "bpe"
				    : m->kind == MODEL_UNIGRAM ? "unigram"
							       : "other");
	put_id(&w, "unk", m->unk);
	jw_u64(jw_key(&w, "vocab"), m->n);
	jw_end(&w);
	jw_end(&w);
}
