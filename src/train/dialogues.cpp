#include "train/dialogues.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/log.h"

namespace fo1::train {
namespace {

// All that comes before the words about the last picture, regions included.
std::string subject_of(const JsonView& list, std::size_t answer, const std::string& root) {
  std::string all = root;
  std::size_t end = all.size();
  for (std::size_t i = 0; i < answer; ++i) {
    const Json& message = list.at(i).json();
    all += message.value("role", Json()).dump();
    all += message.value("bbox_list", Json()).dump();
    for (const Json& part : message["content"]) {
      all += part.dump();
      if (part.is_object() && part.contains("image_url")) end = all.size();
    }
  }
  return all.substr(0, end);
}

// Appends a sample for each answer of the conversation that `line` tells.
void read_line(const DialogueSample& line, std::vector<DialogueSample>& samples) {
  const Json parsed = parse_json(std::string(line.line), line.where);
  const JsonView whole(parsed, line.where);
  const JsonView list = whole.is_object() ? whole.at("messages") : whole;
  if (!list.is_array()) list.expected("a list of messages");
  std::vector<DialogueSample> found;
  bool has_regions = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    has_regions |= list.at(i).has("bbox_list") && list.at(i).at("bbox_list").size() > 0;
    if (list.at(i).get<std::string>("role") != "assistant") continue;
    if (i == 0) list.at(i).at("role").expected("a question before the first answer");
    found.push_back(line);
    found.back().answer = i;
    found.back().has_regions = has_regions;
    found.back().subject = std::hash<std::string>()(subject_of(list, i, line.root));
  }
  if (found.empty()) list.expected("a message of the role assistant, which is to be learnt");
  samples.insert(samples.end(), found.begin(), found.end());
}

}  // namespace

std::string DialogueSample::first_picture() const {
  const Json json = parse_json(std::string(line), where);
  for (const Json& message : json.is_object() ? json["messages"] : json) {
    for (const Json& part : message["content"]) {
      if (!part.is_object() || !part.contains("image_url")) continue;
      return resolve_path(root, part["image_url"].value("url", ""));
    }
  }
  return "";
}

std::vector<Message> DialogueSample::messages(ImageLoader& images) const {
  const Json json = parse_json(std::string(line), where);
  std::vector<Message> messages = read_messages({json, where}, images);
  messages.resize(answer + 1);
  return messages;
}

std::vector<DialogueSample> read_dialogues(const std::string& path) {
  const bool is_folder = std::filesystem::is_directory(path);
  const std::string file = is_folder ? join_path(path, "conversations.jsonl") : path;
  const auto mapped = std::make_shared<const MappedFile>(file);
  std::vector<DialogueSample> samples;
  std::string_view rest = mapped->bytes();
  for (int number = 1; !rest.empty(); ++number) {
    const std::string_view text = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(text.size() + 1, rest.size()));
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    try {
      read_line({.file = mapped,
                 .line = text,
                 .where = cat(file, ":", number),
                 .root = std::filesystem::path(file).parent_path()},
                samples);
    } catch (const Error& error) {
      log(LogLevel::kWarning, error.what(), "; left out");
    }
  }
  return samples;
}

}  // namespace fo1::train
