/* html_class_words.c - split class and id attributes into words, and weigh them. */
#include "filters/web/page/html_class_words.h"

#include "lib/base/chars.h"

static inline bool
is_letter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
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
	const char *p = value.p, *const end = p + value.n;
	uint32_t name = HASH_START, part = HASH_START;
	size_t letters = 0, in_name = 0, n = 0;
	bool lower = false;

	for (;; p++) {
		const char *const from = p;
		char c;

		for (; p < end && *p >= 'a' && *p <= 'z'; p++) {
			part = add(part, *p);
			name = add(name, *p);
		}
		letters += (size_t)(p - from);
		in_name += (size_t)(p - from);
		lower |= p > from;
		if (n + 2 >= CLASS_WORDS_MAX)
			break;
		c = p < end ? *p : ' ';
		/* A capital after a small letter begins a part: "postContent". */
		if (!is_letter(c) || lower) {
			if (letters > 1)
				out[n++] = slot_of(part);
			part = HASH_START;
			letters = 0;
			lower = false;
		}
		if (is_letter(c)) {
			part = add(part, (char)(c | 0x20));
			name = add(name, (char)(c | 0x20));
			letters++;
			in_name++;
		} else if (c == '-' || c == '_') {
			name = add(name, '-');
			in_name += in_name > 0;
		} else if (is_space(c)) {
			if (in_name > 1)
				out[n++] = slot_of(name ^ 1);
			name = HASH_START;
			in_name = 0;
		}
		if (p == end)
			break;
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

uint32_t
html_class_letters(struct span value)
{
	uint32_t hash = HASH_START;

	for (size_t i = 0; i < value.n; i++)
		if (is_letter(value.p[i]))
			hash = add(hash, value.p[i]);
	return hash;
}
