/* sp.cc - SentencePiece from C; the only C++ source, and no exception leaves it. */
#include "tok/sp.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <new>
#include <streambuf>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

/* 0.2.2 deprecates the overloads with a vector, and older versions have no others. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

struct sp {
	sentencepiece::SentencePieceProcessor processor;
};

namespace
{

/* A message of the library may begin with a piece that begins with NUL. */
void
set_why(char *why, size_t why_n, const char *what)
{
	if (why_n > 0)
		std::snprintf(why, why_n, "%s", *what ? what : "unknown reason");
}

using SpStatus = std::decay_t<
    decltype(std::declval<const sentencepiece::SentenceIterator &>().status())>;

/* The text of an error: of a status of the library, or of Abseil since 0.2.2. */
template <class Status>
auto
error_text(const Status &s, int) -> decltype(std::string(s.error_message()))
{
	return s.error_message();
}

template <class Status>
std::string
error_text(const Status &s, long)
{
	return std::string(s.message());
}

/* A NUL-terminated copy to free(), or nullptr when memory is out. */
char *
copy_out(const std::string &s)
{
	char *p = static_cast<char *>(std::malloc(s.size() + 1));

	if (p)
		std::memcpy(p, s.c_str(), s.size() + 1);
	return p;
}

class Lines : public sentencepiece::SentenceIterator
{
      public:
	explicit Lines(const sp_lines &from) : from_(from)
	{
		Next();
	}
	bool
	done() const override
	{
		return done_;
	}
	void
	Next() override
	{
		const char *line = nullptr;
		size_t n = 0;

		done_ = !from_.next(from_.ctx, &line, &n);
		if (!done_)
			value_.assign(line, n);
	}
	const std::string &
	value() const override
	{
		return value_;
	}
	SpStatus
	status() const override
	{
		return {};
	}

      private:
	sp_lines from_;
	std::string value_;
	bool done_ = false;
};

/* Whether messages go to std::cerr.  Since 0.2.2, when the status became Abseil's, they
 * may bypass it. */
template <class Status>
auto
logs_to_cerr(const Status &s, int) -> decltype(s.error_message(), true)
{
	return true;
}

template <class Status>
bool
logs_to_cerr(const Status &, long)
{
	return false;
}

/* Takes the place of std::cerr's buffer while it lives, and reads the number of pieces
 * from the trainer's messages, the only place that has it. */
class Log : public std::streambuf
{
      public:
	Log(const sp_lines &to, int level) : to_(to), level_(level)
	{
		if (to.pieces && logs_to_cerr(SpStatus(), 0))
			old_ = std::cerr.rdbuf(this);
	}
	~Log() override
	{
		if (old_)
			std::cerr.rdbuf(old_);
	}
	Log(const Log &) = delete;
	Log &operator=(const Log &) = delete;
	/* The least severe messages that the library has to make. */
	int
	level() const
	{
		return old_ ? 0 : level_;
	}

      protected:
	int
	overflow(int c) override
	{
		if (c == '\n')
			take_line();
		else if (c != EOF)
			line_ += static_cast<char>(c);
		return c == EOF ? 0 : c;
	}

      private:
	bool
	has(const char *s) const
	{
		return line_.find(s) != std::string::npos;
	}
	void
	take_line()
	{
		const size_t at = line_.find(" size=");
		const bool counts = has("Added: freq=") || has("EM sub_iter=");
		uint64_t n = 0;

		if (has("LOG(INFO)") && counts && at != std::string::npos) {
			std::from_chars(
			    line_.data() + at + 6, line_.data() + line_.size(), n);
			to_.pieces(to_.ctx, n);
		}
		/* Other lines continue the message of the last one that does. */
		if (has(") LOG(") || has(") ["))
			shown_ = !has("LOG(INFO)") &&
				 (level_ <= 1 || !has("LOG(WARNING)")) &&
				 (level_ <= 2 || !has("LOG(ERROR)"));
		if (shown_) {
			line_ += '\n';
			old_->sputn(
			    line_.data(), static_cast<std::streamsize>(line_.size()));
		}
		line_.clear();
	}

	sp_lines to_;
	int level_;
	bool shown_ = false; /* the message that lines belong to */
	std::streambuf *old_ = nullptr;
	std::string line_;
};

} // namespace

extern "C" {

const char *
sp_version(void)
{
	return SENTENCEPIECE_VERSION;
}

void
sp_on_no_memory(void (*f)(void))
{
	std::set_new_handler(f);
}

struct sp *
sp_open(const void *model, size_t n, char *why, size_t why_n)
{
	struct sp *sp = nullptr;

	try {
		sp = new struct sp;
		const auto status = sp->processor.LoadFromSerializedProto(
		    std::string_view(static_cast<const char *>(model), n));
		if (status.ok())
			return sp;
		set_why(why, why_n, error_text(status, 0).c_str());
	} catch (const std::bad_alloc &) {
		set_why(why, why_n, "out of memory");
	} catch (...) {
		set_why(why, why_n, "unknown exception");
	}
	delete sp;
	return nullptr;
}

void
sp_close(struct sp *sp)
{
	delete sp;
}

uint32_t
sp_vocab(const struct sp *sp)
{
	return static_cast<uint32_t>(sp->processor.GetPieceSize());
}

int
sp_encode(const struct sp *sp, const char *text, size_t n, struct token_ids *ids)
{
	try {
		std::vector<int> v;

		if (!sp->processor.Encode(std::string_view(text, n), &v).ok())
			return SP_FAILED;
		if (token_ids_reserve(ids, v.size()) < 0)
			return SP_NO_MEMORY;
		for (int id : v)
			ids->v[ids->n++] = static_cast<uint32_t>(id);
		return 0;
	} catch (const std::bad_alloc &) {
		return SP_NO_MEMORY;
	} catch (...) {
		return SP_FAILED;
	}
}

const char *
sp_ties(void)
{
	/* <unk>; a, of score -1; aaa, of score -(1 + 3/2^23); unigram; no normalization.
	 * 0.1.97 compares an unrounded sum of scores with a rounded one, which here is
	 * less: the last segmentation wins, and not the first. */
	static const char model[] = "\x0a\x0e\x0a\x05<unk>\x15\0\0\0\0\x18\x02"
				    "\x0a\x0a\x0a\x01"
				    "a\x15\0\0\x80\xbf\x18\x01"
				    "\x0a\x0c\x0a\x03"
				    "aaa\x15\x03\0\x80\xbf\x18\x01"
				    "\x12\x02\x18\x01\x1a\x10\x0a\x08identity"
				    "\x18\0\x20\0\x28\0";
	struct token_ids ids = {};
	const char *ties = nullptr;
	struct sp *sp = sp_open(model, sizeof model - 1, nullptr, 0);

	if (sp && sp_encode(sp, "aaaa", 4, &ids) == 0 && ids.n == 2 &&
	    ids.v[0] + ids.v[1] == 3)
		ties = ids.v[0] == 2 ? "0.1.97" : "0.2.2";
	token_ids_free(&ids);
	sp_close(sp);
	return ties;
}

int
sp_decode(const struct sp *sp, const uint32_t *ids, size_t n, char **text, size_t *len)
{
	*text = nullptr;
	*len = 0;
	try {
		std::vector<int> v;
		std::string s;

		v.reserve(n);
		for (size_t i = 0; i < n; i++) {
			if (ids[i] >= sp_vocab(sp))
				return -1;
			v.push_back(static_cast<int>(ids[i]));
		}
		if (!sp->processor.Decode(v, &s).ok())
			return -1;
		*text = copy_out(s);
		*len = s.size();
		return *text ? 0 : -1;
	} catch (...) {
		return -1;
	}
}

int
sp_train(const struct sp_setting *settings, size_t n, struct sp_lines lines,
    int log_level, char **model, size_t *len, char *why, size_t why_n)
{
	*model = nullptr;
	*len = 0;
	try {
		std::unordered_map<std::string, std::string> args;
		std::string out;

		for (size_t i = 0; i < n; i++)
			if (settings[i].value)
				args[settings[i].name] = settings[i].value;
		const Log log(lines, log_level);
		args["minloglevel"] = std::to_string(log.level());
		Lines it(lines);
		const auto status =
		    sentencepiece::SentencePieceTrainer::Train(args, &it, &out);
		if (!status.ok()) {
			set_why(why, why_n, error_text(status, 0).c_str());
			return SP_FAILED;
		}
		*model = copy_out(out);
		*len = out.size();
		return *model ? 0 : SP_NO_MEMORY;
	} catch (const std::bad_alloc &) {
		return SP_NO_MEMORY;
	} catch (...) {
		set_why(why, why_n, "unknown exception");
	}
	return SP_FAILED;
}
}
