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

// The path in a part of a message; empty: it is no picture.
std::string picture_of(const JsonView& part) {
  if (part.get<std::string>("type") != "image_url") return "";
  return part.at("image_url").get<std::string>("url");
}

// What is said before an answer: read to its end, so that what is no message is found.
struct Asked {
  std::string subject;  // all before the words about the last picture, regions included; without
                        // pictures all before the last part
  std::string picture;  // the first one's path
  bool has_regions = false;
};

void read_content(const JsonView& content, std::string& all, std::size_t& end, Asked& asked) {
  const auto is_about_words = [&] { return asked.picture.empty(); };
  if (content.is_string()) {
    if (is_about_words()) end = all.size();
    all += content.json().dump();
    return;
  }
  if (!content.is_array()) content.expected("a string or a list of parts");
  for (std::size_t p = 0; p < content.size(); ++p) {
    if (is_about_words()) end = all.size();
    all += content.at(p).json().dump();
    const std::string picture = picture_of(content.at(p));
    if (picture.empty()) continue;
    end = all.size();
    if (asked.picture.empty()) asked.picture = picture;
  }
}

Asked read_asked(const JsonView& list, std::size_t answer, const std::string& root) {
  Asked asked;
  std::string all = root;
  std::size_t end = all.size();
  for (std::size_t i = 0; i < answer; ++i) {
    const JsonView message = list.at(i);
    all += message.get<std::string>("role");
    if (message.has("bbox_list")) {
      all += message.at("bbox_list").json().dump();
      asked.has_regions |= message.at("bbox_list").size() > 0;
    }
    read_content(message.at("content"), all, end, asked);
  }
  asked.subject = all.substr(0, end);
  return asked;
}

// Appends a sample for each answer of the conversation that `line` tells.
void read_line(const DialogueSample& line, std::vector<DialogueSample>& samples) {
  const Json parsed = parse_json(std::string(line.line), line.where);
  const JsonView whole(parsed, line.where);
  const JsonView list = whole.is_object() ? whole.at("messages") : whole;
  if (!list.is_array()) list.expected("a list of messages");
  std::vector<DialogueSample> found;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list.at(i).get<std::string>("role") != "assistant") continue;
    if (i == 0) list.at(i).at("role").expected("a question before the first answer");
    list.at(i).at("content");
    const Asked asked = read_asked(list, i, line.root);
    found.push_back(line);
    found.back().answer = i;
    found.back().has_regions = asked.has_regions;
    found.back().subject = std::hash<std::string>()(asked.subject);
    if (!asked.picture.empty()) found.back().picture = resolve_path(line.root, asked.picture);
  }
  if (found.empty()) list.expected("a message of the role assistant, which is to be learnt");
  samples.insert(samples.end(), found.begin(), found.end());
}

}  // namespace

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
