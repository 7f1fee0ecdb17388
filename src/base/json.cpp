#include "base/json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"

namespace fo1 {

namespace {

// Deeper values would exhaust the stack of whatever walks them.
constexpr int kMaxDepth = 200;

}  // namespace

Json parse_json(const std::string& text, const std::string& where) {
  const auto limit_depth = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > kMaxDepth) fail(ErrorCode::kCorruptFile, where, ": nested too deeply");
    return true;
  };
  try {
    return Json::parse(text, limit_depth);
  } catch (const Json::exception& error) {
    fail(ErrorCode::kCorruptFile, where, ": not valid JSON: ", quoted(error.what(), 200));
  }
}

Json load_json(const std::string& path) {
  return parse_json(read_file(path), path);
}

bool JsonView::is_object() const {
  return value_->is_object();
}
bool JsonView::is_array() const {
  return value_->is_array();
}
bool JsonView::is_string() const {
  return value_->is_string();
}
bool JsonView::is_number() const {
  return value_->is_number();
}
bool JsonView::is_null() const {
  return value_->is_null();
}

bool JsonView::has(const std::string& key) const {
  if (!value_->is_object()) expected("an object");
  const auto found = value_->find(key);
  return found != value_->end() && !found->is_null();
}

JsonView JsonView::at(const std::string& key) const {
  if (!value_->is_object()) expected("an object");
  const auto found = value_->find(key);
  if (found == value_->end()) fail(ErrorCode::kCorruptFile, where_, ": missing key ", quoted(key));
  return {*found, cat(where_, ": ", key)};
}

JsonView JsonView::at(std::size_t index) const {
  if (index >= size()) expected(cat("at least ", index + 1, " elements"));
  return {(*value_)[index], cat(where_, "[", index, "]")};
}

std::size_t JsonView::size() const {
  if (!value_->is_array() && !value_->is_object()) expected("a list");
  return value_->size();
}

std::vector<std::string> JsonView::keys() const {
  if (!value_->is_object()) expected("an object");
  std::vector<std::string> keys;
  for (const auto& item : value_->items()) keys.push_back(item.key());
  return keys;
}

void JsonView::expected(const std::string& what) const {
  const std::string got = value_->dump(-1, ' ', false, Json::error_handler_t::replace);
  fail(ErrorCode::kCorruptFile, where_, ": expected ", what, ", got ", quoted(got));
}

template <>
bool JsonView::get<bool>() const {
  if (!value_->is_boolean()) expected("true or false");
  return value_->get<bool>();
}

template <>
std::int64_t JsonView::get<std::int64_t>() const {
  if (value_->is_number_unsigned() && value_->get<std::uint64_t>() > INT64_MAX) {
    expected("an integer below 2^63");
  }
  if (value_->is_number_integer()) return value_->get<std::int64_t>();
  if (value_->is_number_float()) {  // 28.0 is an integer written with a point
    const double number = value_->get<double>();
    if (number == std::floor(number) && std::abs(number) < 9e15) {
      return static_cast<std::int64_t>(number);
    }
  }
  expected("an integer");
}

template <>
double JsonView::get<double>() const {
  if (!value_->is_number()) expected("a number");
  return value_->get<double>();
}

template <>
std::string JsonView::get<std::string>() const {
  if (!value_->is_string()) expected("a string");
  return value_->get<std::string>();
}

namespace {

template <class T>
std::vector<T> get_list(const JsonView& view) {
  if (!view.is_array()) view.expected("a list");
  std::vector<T> values;
  values.reserve(view.size());
  for (std::size_t i = 0; i < view.size(); ++i) values.push_back(view.at(i).template get<T>());
  return values;
}

}  // namespace

template <>
std::vector<std::int64_t> JsonView::get<std::vector<std::int64_t>>() const {
  return get_list<std::int64_t>(*this);
}
template <>
std::vector<double> JsonView::get<std::vector<double>>() const {
  return get_list<double>(*this);
}
template <>
std::vector<std::string> JsonView::get<std::vector<std::string>>() const {
  return get_list<std::string>(*this);
}
template <>
std::vector<bool> JsonView::get<std::vector<bool>>() const {
  return get_list<bool>(*this);
}

}  // namespace fo1
