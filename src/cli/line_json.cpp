#include "cli/line_json.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "cli/text.h"

namespace fo1::cli {
namespace {

constexpr std::size_t kShownValue = 60;

std::string shown(const Json& value) {
  std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > kShownValue) text = text.substr(0, kShownValue) + "...";
  return text;
}

bool is_integer(const Json& value) {
  if (!value.is_number_integer()) return false;
  return !value.is_number_unsigned() ||
         value.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max();
}

template <class Predicate>
bool all_are(const Json& list, Predicate is) {
  return list.is_array() && std::all_of(list.begin(), list.end(), is);
}

Json parsed(const std::string& text, const std::string& where) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::kCorruptFile, where + ": not valid JSON: " + one_line(error.what()));
  }
}

}  // namespace

LineObject::LineObject(const std::string& text, std::string where)
    : json_(parsed(text, where)), where_(std::move(where)) {
  if (!json_.is_object()) {
    throw Error(ErrorCode::kCorruptFile, where_ + ": expected an object, got " + shown(json_));
  }
}

bool LineObject::has(const char* key) const {
  const auto found = json_.find(key);
  return found != json_.end() && !found->is_null();
}

void LineObject::refuse(const std::string& key, const std::string& expected) const {
  const auto found = json_.find(key);
  throw Error(ErrorCode::kInvalidArgument, where_ + ": " + key + ": expected " + expected +
                                               ", got " +
                                               (found == json_.end() ? "nothing" : shown(*found)));
}

const Json& LineObject::at(const char* key) const {
  if (!has(key)) refuse(key, "a value");
  return json_.at(key);
}

std::string LineObject::string(const char* key) const {
  if (!has(key) || !at(key).is_string()) refuse(key, "a text");
  return at(key).get<std::string>();
}

std::int64_t LineObject::integer(const char* key) const {
  if (!has(key) || !is_integer(at(key))) refuse(key, "a whole number");
  return at(key).get<std::int64_t>();
}

bool LineObject::boolean(const char* key) const {
  if (!has(key) || !at(key).is_boolean()) refuse(key, "true or false");
  return at(key).get<bool>();
}

std::vector<std::int64_t> LineObject::integers(const char* key) const {
  if (!has(key) || !all_are(at(key), is_integer)) refuse(key, "a list of whole numbers");
  return at(key).get<std::vector<std::int64_t>>();
}

std::vector<std::string> LineObject::strings(const char* key) const {
  if (has(key) && at(key).is_string()) return {string(key)};
  const auto is_string = [](const Json& value) { return value.is_string(); };
  if (!has(key) || !all_are(at(key), is_string)) refuse(key, "a text or a list of texts");
  return at(key).get<std::vector<std::string>>();
}

void LineObject::allow_only(std::initializer_list<const char*> keys) const {
  for (const auto& [key, value] : json_.items()) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    std::string known;
    for (const char* name : keys) known += std::string(known.empty() ? "" : ", ") + name;
    throw Error(ErrorCode::kInvalidArgument,
                where_ + ": unknown key " + shown(key) + ", expected " + known);
  }
}

Json error_json(const Error& error) {
  return {{"code", error_code_name(error.code())}, {"message", error.what()}};
}

std::string line_of(const Json& json) {
  return without_separators(json.dump(-1, ' ', false, Json::error_handler_t::replace)) + "\n";
}

std::string without_separators(std::string json) {
  constexpr std::pair<const char*, const char*> kEscapes[] = {
      {"\xC2\x85", "\\u0085"}, {"\xE2\x80\xA8", "\\u2028"}, {"\xE2\x80\xA9", "\\u2029"}};
  for (const auto& [separator, escape] : kEscapes) {
    for (std::size_t at = 0; (at = json.find(separator, at)) != std::string::npos;) {
      json.replace(at, std::char_traits<char>::length(separator), escape);
    }
  }
  return json;
}

}  // namespace fo1::cli
