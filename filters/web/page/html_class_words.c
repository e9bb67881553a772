/* html_class_words.c - split class and id attributes into words, and weigh them. */
#include "filters/web/page/html_class_words.h"

#include "lib/base/chars.h"

enum { LETTER, SEPARATOR, SPACE, DIGIT, OTHER };

static unsigned
kind_of(char c)
{
	if ((unsigned char)((c | 0x20) - 'a') < 26)
		return LETTER;
	if (c == '-' || c == '_')
		return SEPARATOR;
	if (is_space(c))
		return SPACE;
	return is_digit(c) ? DIGIT : OTHER;
}

/* The constants are those of the hash FNV-1a. */
static const uint32_t HASH_START = 2166136261u;

static uint32_t
add(uint32_t hash, char c)
{
	return (hash ^ (unsigned char)c) * 16777619u;
}

static uint16_t
slot_of(uint32_t hash)
{
	return (uint16_t)((hash ^ hash >> 14 ^ hash >> 28) % CLASS_WORDS);
}

size_t
html_class_words(struct span value, uint16_t out[CLASS_WORDS_MAX])
{
	uint32_t name = HASH_START, part = HASH_START;
	size_t letters = 0, in_name = 0, n = 0;
	bool lower = false;

	for (size_t i = 0; i <= value.n && n + 2 < CLASS_WORDS_MAX; i++) {
		const char c = i < value.n ? value.p[i] : ' ';
		const unsigned kind = kind_of(c);
		const bool capital = c >= 'A' && c <= 'Z';

		/* A capital after a small letter begins a part: "postContent". */
		if (letters > 0 && (kind != LETTER || (capital && lower))) {
			if (letters > 1)
				out[n++] = slot_of(part);
			part = HASH_START;
			letters = 0;
		}
		if (kind == LETTER) {
			part = add(part, ascii_lower(c));
			name = add(name, ascii_lower(c));
			letters++;
			in_name++;
			lower = !capital;
		} else if (kind == SEPARATOR) {
			name = add(name, '-');
			in_name += in_name > 0;
		} else if (kind == SPACE) {
			if (in_name > 1)
				out[n++] = slot_of(name ^ 1);
			name = HASH_START;
			in_name = 0;
		}
	}
	return n;
}

int8_t
html_class_weight(const int8_t weight[CLASS_WORDS], struct span value)
{
	uint16_t slot[CLASS_WORDS_MAX];
	const size_t n = html_class_words(value, slot);
	int sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += weight[slot[i]];
	return (int8_t)(sum < -127 ? -127 : sum > 127 ? 127 : sum);
}

static uint32_t
letters_hash(struct span value)
{
	uint32_t hash = HASH_START;

	for (size_t i = 0; i < value.n; i++)
		if (kind_of(value.p[i]) == LETTER)
			hash = add(hash, value.p[i]);
	return hash;
}

/* The row of a value, by its length, beginning and end. */
static size_t
row_of(struct span value)
{
	uint64_t begin = 0, end = 0;
	const size_t n = value.n < sizeof begin ? value.n : sizeof begin;

	memcpy(&begin, value.p, n);
	memcpy(&end, value.p + value.n - n, n);
	begin = (begin ^ (end << 1) ^ value.n) * 0x9E3779B97F4A7C15;
	return (size_t)(begin >> 32) % CLASS_MEMO;
}

struct html_class_look
html_class_look(
    struct html_class_memo *memo, const int8_t weight[CLASS_WORDS], struct span value)
{
	const size_t row = memo ? row_of(value) : 0;
	struct html_class_look look;

	if (memo && memo->row[row].value.p && span_eq(memo->row[row].value, value))
		return memo->row[row].look;
	look = (struct html_class_look){ letters_hash(value),
		html_class_weight(weight, value) };
	if (memo) {
		memo->row[row].value = value;
		memo->row[row].look = look;
	}
	return look;
}
