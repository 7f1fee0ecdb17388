#include "text/token_files.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/json.h"
#include "base/log.h"

namespace fo1 {
namespace {

constexpr const char* kRoles[] = {"bos_token", "eos_token", "unk_token", "sep_token",
                                  "pad_token", "cls_token", "mask_token"};

// Settings of tokenizers that change the result and are not supported.
constexpr const char* kIgnoredSettings[] = {"clean_up_tokenization_spaces", "split_special_tokens"};

struct OptionalJson {
  std::string path;
  Json json = Json::object();
  JsonView view() const { return {json, path}; }
};

OptionalJson load_optional(const std::string& folder, const std::string& name) {
  OptionalJson file{join_path(folder, name), Json::object()};
  if (file_exists(file.path)) file.json = load_json(file.path);
  return file;
}

std::int64_t checked_id(std::int64_t id, const JsonView& place) {
  if (id < 0 || id > INT32_MAX) place.expected("a token id from 0 to 2147483647");
  return id;
}

std::int64_t id_from_key(const std::string& key, const JsonView& place) {
  std::int64_t id = -1;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
  if (error != std::errc{} || end != key.data() + key.size()) {
    fail(ErrorCode::kCorruptFile, place.where(), ": expected a token id, got key ", quoted(key));
  }
  return checked_id(id, place);
}

void require_text(const std::string& content, const std::string& where) {
  if (content.empty()) fail(ErrorCode::kCorruptFile, where, ": a token without text");
}

std::string content_of(const JsonView& token) {
  std::string content =
      token.is_object() ? token.get<std::string>("content") : token.get<std::string>();
  require_text(content, token.where());
  return content;
}

// A token as text or as an object with its flags. `normalized` only matters to tokenizers that fold
// case.
AddedToken read_token(const JsonView& token) {
  AddedToken added{content_of(token), std::nullopt};
  if (!token.is_object()) return added;
  added.lstrip = token.get_or("lstrip", false);
  added.rstrip = token.get_or("rstrip", false);
  added.single_word = token.get_or("single_word", false);
  return added;
}

void add(TokenFiles& files, AddedToken token, const std::string& where) {
  for (const AddedToken& other : files.added) {
    if (other.content == token.content || other.id == token.id) {
      fail(ErrorCode::kCorruptFile, where, ": ", quoted(token.content), " and ",
           quoted(other.content), " are the same token or have the same id");
    }
  }
  files.added.push_back(std::move(token));
}

void add_special(TokenFiles& files, const JsonView& value) {
  AddedToken token = read_token(value);
  const auto has = [&](const AddedToken& other) { return other.content == token.content; };
  files.special.push_back(token.content);
  if (std::none_of(files.added.begin(), files.added.end(), has)) {
    files.added.push_back(std::move(token));
  }
}

void add_special_roles(TokenFiles& files, const JsonView& config) {
  for (const char* role : kRoles) {
    if (config.has(role)) add_special(files, config.at(role));
  }
  if (!config.has("additional_special_tokens")) return;
  const JsonView list = config.at("additional_special_tokens");
  if (!list.is_array()) list.expected("a list");
  for (std::size_t i = 0; i < list.size(); ++i) add_special(files, list.at(i));
}

void warn_about_ignored(const JsonView& config) {
  for (const char* setting : kIgnoredSettings) {
    if (config.get_or(setting, false)) {
      log(LogLevel::kWarning, config.where(), ": ", setting, " is not supported and ignored");
    }
  }
}

}  // namespace

TokenFiles read_token_files(const std::string& folder) {
  TokenFiles files;
  const OptionalJson config = load_optional(folder, "tokenizer_config.json");
  warn_about_ignored(config.view());
  if (config.view().has("added_tokens_decoder")) {
    const JsonView decoder = config.view().at("added_tokens_decoder");
    for (const std::string& key : decoder.keys()) {
      AddedToken token = read_token(decoder.at(key));
      token.id = id_from_key(key, decoder.at(key));
      add(files, std::move(token), decoder.where());
    }
    add_special_roles(files, config.view());
    return files;
  }
  const OptionalJson added = load_optional(folder, "added_tokens.json");
  for (const std::string& content : added.view().keys()) {
    const JsonView id = added.view().at(content);
    require_text(content, added.path);
    add(files, {content, checked_id(id.get<std::int64_t>(), id)}, added.path);
  }
  add_special_roles(files, config.view());
  add_special_roles(files, load_optional(folder, "special_tokens_map.json").view());
  return files;
}

}  // namespace fo1
