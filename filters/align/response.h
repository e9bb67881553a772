/*
 * response.h - one line of a file of answers: of a batch of requests, or of scores.
 *
 *	{"custom_id":"q1","response":{"status_code":200,"body":{"model":"m","choices":[
 *	 {"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}},
 *	 "error":null}
 *
 * The body may also be the value of `response` itself.  Reward models put scores where
 * log probabilities are, or send data[0].score or data[0].data.  A line without
 * `response` and `error` is a record of fields, such as scores.
 */
#ifndef TAMIS_RESPONSE_H
#define TAMIS_RESPONSE_H

#include "lib/base/hash.h"
#include "lib/base/mem.h"
#include "lib/text/json.h"

/* What a response is worth, best first. */
enum answer_state {
	ANSWER_GOOD,
	ANSWER_SHORT, /* fewer choices than were asked for */
	ANSWER_CUT, /* a choice did not end by itself: finish_reason length and others */
	ANSWER_EMPTY, /* a choice has no content */
	ANSWER_NONE,  /* no choices and no score */
	ANSWER_ERROR, /* the server returned an error */
};

/* "the answer was cut off" and so on: of a state but ANSWER_GOOD, static. */
const char *answer_state_text(enum answer_state s);

/* One of the answers in a response; the spans are JSON, p == NULL: missing or null. */
struct choice {
	uint64_t index;
	struct span content;	/* a string */
	struct span tool_calls; /* a list with at least one entry */
	struct span finish;	/* finish_reason, a string */
	struct span scores;	/* logprobs.content, a list */
};

enum { RESPONSE_CHOICES = 1024 };

/* Zero it to begin; release with response_free.  The spans are parts of the line. */
struct response {
	struct json_fields fields; /* of the line */
	struct span key;	   /* decoded */
	bool record;		   /* fields without a response */
	uint64_t status;	   /* HTTP; 0: not stated */
	struct span error;	   /* JSON; p == NULL: none */
	struct span model;	   /* JSON string; p == NULL: not stated */
	struct span score;	   /* JSON number of data[0]; p == NULL: none */
	struct choice *choice;	   /* in the order of their indexes */
	size_t nchoices, choice_cap;
	struct arena mem;
};

/* How to judge a response. */
struct answer_rules {
	const char *key;  /* the field with the id */
	bool need_stop;	  /* a choice must end by itself */
	uint64_t choices; /* that were asked for */
};

/*
 * Parse a line.  Returns 0, or -1 with a message in why: the line is not JSON, or lacks
 * the key, or its response has a form that no server sends.
 */
int response_parse(struct response *r, struct span line, const struct answer_rules *rules,
    char why[200]);
enum answer_state response_state(
    const struct response *r, const struct answer_rules *rules);
/* Identify all that an output may contain of it; independent of ids and times. */
struct hash128 response_content(struct response *r);
void response_free(struct response *r);

/* The scores of attributes, which a reward model gives. */
struct score {
	struct span name;   /* decoded */
	struct span number; /* JSON */
};
enum { RESPONSE_SCORES = 64 };

/*
 * Read the scores of r into v: those of the log probabilities, else of a content such as
 * "helpfulness:1.5,verbosity:0.25", else `score` of data[0]; of a record all numbers.
 * Returns their number, at least 1, or 0 with a message in why.
 */
size_t response_scores(struct response *r, const struct answer_rules *rules,
    struct score v[RESPONSE_SCORES], char why[200]);

#endif
