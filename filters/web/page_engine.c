/* page_engine.c - load the model that finds the main content of pages, and tag their
 * type. */
#include "filters/web/page_engine.h"

#include "filters/web/judge/html_judge.h"
#include "lib/io/stream.h"

enum { MODEL_FILE_MAX = 2 << 20 };

static int
read_model(struct page_engine *e, struct setup *setup, struct err *err)
{
	struct buf file = { 0 };
	char hash[33];
	int rc = file_get(e->path, MODEL_FILE_MAX, &file, err);

	if (rc == 0) {
		e->model = html_model_parse(buf_span(&file), err);
		if (!e->model)
			rc = err_prefix(err, e->path);
		hash128_hex(hash128(buf_span(&file), 0), hash);
		setup_uses(setup, SPAN("extract model"), span_of(hash));
	}
	buf_free(&file);
	return rc;
}

int
page_engine_open(struct page_engine *e, struct setup *setup, struct err *err)
{
	e->tag = setup->c->tag;
	if (e->path && e->kind != ENGINE_MODEL)
		return err_set(err, EXIT_USAGE, "--model requires --engine=model");
	if (e->path)
		return read_model(e, setup, err);
	if (e->kind == ENGINE_MODEL)
		e->model = html_model_new();
	return 0;
}

void
page_engine_close(struct page_engine *e)
{
	html_model_free(e->model);
	e->model = NULL;
}

void
page_engine_use(const struct page_engine *e, struct html *html)
{
	html_use_model(html, e->model);
}

const char *
page_type_name(unsigned type)
{
	static const char *const names[PAGE_TYPES] = {
		[PAGE_ARTICLE] = "article",
		[PAGE_FORUM] = "forum",
		[PAGE_PRODUCT] = "product",
		[PAGE_LISTING] = "listing",
		[PAGE_COLLECTION] = "collection",
		[PAGE_DOCUMENTATION] = "documentation",
		[PAGE_SERVICE] = "service",
	};

	return names[type];
}

void
page_engine_tag(const struct page_engine *e, const struct html *html, struct doc *d)
{
	const struct html_judge *j = html_judge_of(html);

	if (!e->tag || !j || j->type_p == 0)
		return;
	doc_set_str(d, SPAN("page_type"), span_of(page_type_name(j->type)));
	doc_set_num(d, SPAN("page_type_p"), j->type_p, 3);
}
