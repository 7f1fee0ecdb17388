// One line of a JSON Lines file, read strictly.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fo1/error.h"

namespace fo1::cli {

using Json = nlohmann::ordered_json;

// An object whose keys are read by name. Errors name the place and what was expected.
class LineObject {
 public:
  // Throws kCorruptFile when `text` is not one JSON object. `where`: "requests.jsonl:7".
  LineObject(const std::string& text, std::string where);

  const Json& json() const { return json_; }
  const std::string& where() const { return where_; }
  bool has(const char* key) const;  // present and not null

  // All throw kInvalidArgument where the value is missing or of another type.
  const Json& at(const char* key) const;
  std::string string(const char* key) const;
  std::int64_t integer(const char* key) const;
  bool boolean(const char* key) const;
  std::vector<std::int64_t> integers(const char* key) const;
  std::vector<std::string> strings(const char* key) const;  // one string counts as a list of one

  // Throws kInvalidArgument for a key that is not in the list: a misspelt one would go unheard.
  void allow_only(std::initializer_list<const char*> keys) const;

  // Throws kInvalidArgument: "requests.jsonl:7: KEY: expected WHAT".
  [[noreturn]] void refuse(const std::string& key, const std::string& expected) const;

 private:
  Json json_;
  std::string where_;
};

Json error_json(const Error& error);  // {"code", "message"}

// One line, ended. Text that is not UTF-8 becomes U+FFFD.
std::string line_of(const Json& json);

// JSON text with the line separators of Unicode escaped (U+0085, U+2028, U+2029): JSON lets them
// stand, but many a reader of lines breaks there.
std::string without_separators(std::string json);

}  // namespace fo1::cli
