// Typed reads from JSON whose errors name the file, the path inside it and what was expected.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace fo1 {

using Json = nlohmann::json;

// Parse `text`; `where` names it in errors (kCorruptFile: a file; say what else it is in `where`).
Json parse_json(const std::string& text, const std::string& where);
// Read and parse a file. Throws kNotFound or kCorruptFile.
Json load_json(const std::string& path);

// A borrowed place inside a JSON value. Lives no longer than the value.
class JsonView {
 public:
  JsonView(const Json& value, std::string where) : value_(&value), where_(std::move(where)) {}

  const std::string& where() const { return where_; }
  const Json& json() const { return *value_; }

  bool is_object() const;
  bool is_array() const;
  bool is_string() const;
  bool is_number() const;
  bool is_null() const;

  bool has(const std::string& key) const;  // present and not null
  JsonView at(const std::string& key) const;
  JsonView at(std::size_t index) const;
  std::size_t size() const;               // of an array or object
  std::vector<std::string> keys() const;  // of an object

  // T: bool, int64_t, double, std::string, or a std::vector of one of them. A number with a
  // fraction is not an integer; an integer is a number.
  template <class T>
  T get() const;
  template <class T>
  T get(const std::string& key) const {
    return at(key).get<T>();
  }
  template <class T>
  T get_or(const std::string& key, T fallback) const {
    return has(key) ? at(key).get<T>() : fallback;
  }

  // Throws kCorruptFile: "config.json: vision_config.depth: expected <what>, got <value>".
  [[noreturn]] void expected(const std::string& what) const;

 private:
  const Json* value_;
  std::string where_;
};

}  // namespace fo1
