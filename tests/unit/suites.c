/* suites.c - runs every unit test suite.  CK_FORK=no, CK_RUN_SUITE, CK_TAP_LOG_FILE_NAME
 * work. */
#include <check.h>
#include <stdlib.h>

typedef Suite *suite_fn(void);

suite_fn answers_suite, arc_suite, bestfit_suite, bins_suite, blend_suite,
    bpe_trainer_suite, buckets_suite, chars_suite, charset_suite, classes_suite,
    code_suite, counts_file_suite, directives_suite, driver_suite, elect_suite,
    engine_suite, fasttext_damage_suite, fasttext_suite, fim_suite, hash_suite,
    host_suite, html_markdown_suite, html_model_suite, html_parser_suite,
    html_structure_suite, html_suite, html_tokens_suite, html_whole_suite,
    json_string_suite, json_suite, json_writer_suite, kind_suite, langid_suite,
    leaders_suite, linear_suite, lines_suite, mem_suite, messages_suite, mixer_suite,
    model_damage_suite, near_files_suite, num_suite, opt_suite, oracle_suite,
    page_fields_suite, pipe_suite, rules_suite, segment_suite, sketch_suite, spill_suite,
    stream_suite, table_suite, tok_suite, tshard_suite, unicode_suite, unpack_suite,
    url_suite, warc_suite, words_suite;

static suite_fn *const suites[] = {
	mem_suite,
	hash_suite,
	chars_suite,
	num_suite,
	directives_suite,
	opt_suite,
	json_suite,
	json_string_suite,
	json_writer_suite,
	messages_suite,
	unicode_suite,
	classes_suite,
	url_suite,
	host_suite,
	segment_suite,
	rules_suite,
	stream_suite,
	unpack_suite,
	kind_suite,
	pipe_suite,
	driver_suite,
	table_suite,
	oracle_suite,
	html_suite,
	html_markdown_suite,
	html_structure_suite,
	page_fields_suite,
	charset_suite,
	html_tokens_suite,
	html_model_suite,
	html_whole_suite,
	html_parser_suite,
	bins_suite,
	fasttext_suite,
	fasttext_damage_suite,
	warc_suite,
	arc_suite,
	answers_suite,
	linear_suite,
	langid_suite,
	code_suite,
	lines_suite,
	tok_suite,
	bpe_trainer_suite,
	counts_file_suite,
	model_damage_suite,
	engine_suite,
	fim_suite,
	mixer_suite,
	blend_suite,
	bestfit_suite,
	tshard_suite,
	words_suite,
	sketch_suite,
	spill_suite,
	buckets_suite,
	near_files_suite,
	leaders_suite,
	elect_suite,
};

int
main(void)
{
	SRunner *r = srunner_create(NULL);
	int failed;

	/* Suites read it.  A guard against hangs, far above what any test takes. */
	setenv("CK_DEFAULT_TIMEOUT", "600", 0);
	for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
		srunner_add_suite(r, suites[i]());
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
