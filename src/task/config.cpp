#include "task/config.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace fo1 {
namespace {

// A text of the configuration and what makes it usable.
template <class Config>
struct TextKey {
  const char* name;
  std::string Config::*field;
  bool (*usable)(const std::string& text);
  const char* expected;
};

bool has_one_gap(const std::string& text) {
  const std::size_t gap = text.find("{}");
  return gap != std::string::npos && text.find("{}", gap + 2) == std::string::npos;
}

bool is_not_empty(const std::string& text) {
  return !text.empty();
}

bool is_tag(const std::string& text) {
  return !text.empty() && text.find('\n') == std::string::npos;
}

constexpr char kGap[] = "a text with one {}";
constexpr char kText[] = "a text that is not empty";
constexpr char kTag[] = "a tag on one line";

const TextKey<TaskWording> kWordingKeys[] = {
    {"detect", &TaskWording::detect, has_one_gap, kGap},
    {"count", &TaskWording::count, has_one_gap, kGap},
    {"ocr", &TaskWording::ocr, has_one_gap, kGap},
    {"caption_brief", &TaskWording::caption_brief, has_one_gap, kGap},
    {"caption_detailed", &TaskWording::caption_detailed, has_one_gap, kGap},
    {"describe", &TaskWording::describe, is_not_empty, kText},
    {"similar", &TaskWording::similar, has_one_gap, kGap},
    {"reason", &TaskWording::reason, has_one_gap, kGap},
    {"label_separator", &TaskWording::label_separator, is_not_empty, kText},
    {"region_separator", &TaskWording::region_separator, is_not_empty, kText},
    {"last_region_separator", &TaskWording::last_region_separator, is_not_empty, kText},
};

const TextKey<AnswerGrammar> kGrammarKeys[] = {
    {"ground_open", &AnswerGrammar::ground_open, is_tag, kTag},
    {"ground_close", &AnswerGrammar::ground_close, is_tag, kTag},
    {"objects_open", &AnswerGrammar::objects_open, is_tag, kTag},
    {"objects_close", &AnswerGrammar::objects_close, is_tag, kTag},
    {"region_open", &AnswerGrammar::region_open, is_tag, kTag},
    {"region_close", &AnswerGrammar::region_close, is_tag, kTag},
    {"think_open", &AnswerGrammar::think_open, is_tag, kTag},
    {"think_close", &AnswerGrammar::think_close, is_tag, kTag},
    {"answer_open", &AnswerGrammar::answer_open, is_tag, kTag},
    {"answer_close", &AnswerGrammar::answer_close, is_tag, kTag},
};

// The one key of the wording that is a number.
constexpr char kOcrRegions[] = "ocr_regions_per_question";

template <class Config, std::size_t N>
void read_text(const JsonView& json, const std::string& name, const TextKey<Config> (&keys)[N],
               Config& config) {
  const auto key = std::find_if(std::begin(keys), std::end(keys),
                                [&](const TextKey<Config>& row) { return row.name == name; });
  if (key == std::end(keys)) json.expected("only keys it knows, not " + name);
  const JsonView view = json.at(name);
  const auto text = view.get<std::string>();
  if (!key->usable(text)) view.expected(key->expected);
  config.*key->field = text;
}

TaskWording wording_from(const JsonView& json) {
  TaskWording wording;
  for (const std::string& name : json.keys()) {
    if (name == kOcrRegions) {
      wording.ocr_regions_per_question = json.get<std::int64_t>(name);
      if (wording.ocr_regions_per_question < 0) json.at(name).expected("0 or more");
    } else {
      read_text(json, name, kWordingKeys, wording);
    }
  }
  return wording;
}

AnswerGrammar grammar_from(const JsonView& json) {
  AnswerGrammar grammar;
  for (const std::string& name : json.keys()) read_text(json, name, kGrammarKeys, grammar);
  return grammar;
}

}  // namespace

TaskConfig task_config_from(const JsonView& json) {
  TaskConfig config;
  for (const std::string& name : json.keys()) {
    if (name == "wording") {
      config.wording = wording_from(json.at(name));
    } else if (name == "grammar") {
      config.grammar = grammar_from(json.at(name));
    } else {
      json.expected("only the keys wording and grammar");
    }
  }
  return config;
}

}  // namespace fo1
