/*
 * template_builtin.c - the built-in chat templates, as files of tamis-template(5).
 *
 * Each renders what the original of its model does: extra_id that of Nemotron-4 in
 * NeMo-Aligner, alpaca and vicuna those of the papers' code, the others the chat_template
 * of the model.  mistral-v3 puts the system text before the first turn of the user, since
 * the original moves it to the last one.
 */
#include "tok/template/template_file.h"

#define HEAD "tamis-template 1\n"

static const struct {
	const char *name, *text;
} builtin[] = {
	{ "extra_id", HEAD "control \"<extra_id_0>\" \"<extra_id_1>\" \"<extra_id_2>\"\n"
			   "system \"<extra_id_0>System\\n\" text \"\\n\"\n"
			   "no-system \"<extra_id_0>System\\n\\n\"\n"
			   "user \"<extra_id_1>User\\n\" text \"\\n\"\n"
			   "assistant \"<extra_id_1>Assistant\\n\" | text \"\\n\"\n"
			   "stop \"<extra_id_1>\"\n" },
	{ "chatml", HEAD "control \"<|im_start|>\" \"<|im_end|>\"\n"
			 "system \"<|im_start|>system\\n\" text \"<|im_end|>\\n\"\n"
			 "user \"<|im_start|>user\\n\" text \"<|im_end|>\\n\"\n"
			 "assistant \"<|im_start|>assistant\\n\" | text "
			 "\"<|im_end|>\\n\"\n"
			 "tool \"<|im_start|>tool\\n\" text \"<|im_end|>\\n\"\n" },
	{ "llama2", HEAD "system bos \"[INST] <<SYS>>\\n\" text \"\\n<</SYS>>\\n\\n\"\n"
			 "no-system bos \"[INST] \"\n"
			 "first trimmed \" [/INST]\"\n"
			 "after-system trimmed-end \" [/INST]\"\n"
			 "user bos \"[INST] \" trimmed \" [/INST]\"\n"
			 "assistant | \" \" trimmed \" \" eos\n" },
	{ "llama3", HEAD
	    "control \"<|start_header_id|>\" \"<|end_header_id|>\" \"<|eot_id|>\"\n"
	    "begin bos\n"
	    "system \"<|start_header_id|>system<|end_header_id|>\\n\\n\" trimmed "
	    "\"<|eot_id|>\"\n"
	    "user \"<|start_header_id|>user<|end_header_id|>\\n\\n\" trimmed "
	    "\"<|eot_id|>\"\n"
	    "assistant \"<|start_header_id|>assistant<|end_header_id|>\\n\\n\" | trimmed "
	    "\"<|eot_id|>\"\n"
	    "tool \"<|start_header_id|>tool<|end_header_id|>\\n\\n\" trimmed "
	    "\"<|eot_id|>\"\n" },
	{ "mistral-v3", HEAD "control \"[INST]\" \"[/INST]\"\n"
			     "begin bos\n"
			     "system \"[INST] \" text \"\\n\\n\"\n"
			     "no-system \"[INST] \"\n"
			     "first text \"[/INST]\"\n"
			     "user \"[INST] \" text \"[/INST]\"\n"
			     "assistant | \" \" trimmed eos\n" },
	{ "zephyr", HEAD "system \"<|system|>\\n\" text eos \"\\n\"\n"
			 "user \"<|user|>\\n\" text eos \"\\n\"\n"
			 "assistant \"<|assistant|>\\n\" | text eos \"\\n\"\n" },
	{ "phi3",
	    HEAD "control \"<|system|>\" \"<|user|>\" \"<|assistant|>\" \"<|end|>\"\n"
		 "system \"<|system|>\\n\" text \"<|end|>\\n\"\n"
		 "user \"<|user|>\\n\" text \"<|end|>\\n\"\n"
		 "assistant \"<|assistant|>\\n\" | text \"<|end|>\\n\"\n"
		 "stop eos\n" },
	{ "gemma", HEAD "control \"<start_of_turn>\" \"<end_of_turn>\"\n"
			"begin bos\n"
			"user \"<start_of_turn>user\\n\" trimmed \"<end_of_turn>\\n\"\n"
			"assistant \"<start_of_turn>model\\n\" | trimmed "
			"\"<end_of_turn>\\n\"\n" },
	{ "vicuna", HEAD "begin bos\n"
			 "system text \" \"\n"
			 "user \"USER: \" text \" \"\n"
			 "assistant \"ASSISTANT:\" | \" \" text eos\n" },
	{ "alpaca", HEAD "begin bos\n"
			 "system text \"\\n\\n\"\n"
			 "first \"### Instruction:\\n\" text \"\\n\\n\"\n"
			 "user \"\\n\\n### Instruction:\\n\" text \"\\n\\n\"\n"
			 "assistant \"### Response:\\n\" | text eos\n" },
	{ "plain", HEAD "begin bos\n"
			"system text \"\\n\\n\"\n"
			"first \"User: \" text \"\\n\\n\"\n"
			"user \"\\n\\nUser: \" text \"\\n\\n\"\n"
			"assistant \"Assistant:\" | \" \" text eos\n" },
};

struct span
chat_builtin(const char *name)
{
	for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
		if (strcmp(builtin[i].name, name) == 0)
			return span_of(builtin[i].text);
	return SPAN("");
}

const char *
chat_builtin_name(size_t i)
{
	return i < sizeof builtin / sizeof *builtin ? builtin[i].name : NULL;
}
