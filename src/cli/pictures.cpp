#include "cli/pictures.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <unordered_set>

#include "cli/files.h"
#include "fo1/error.h"

namespace fo1::cli {
namespace fs = std::filesystem;
namespace {

// Of what Image::load() reads.
constexpr const char* kEndings[] = {".png", ".jpg", ".jpeg", ".webp", ".bmp"};

bool is_picture(const fs::path& path) {
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::find(std::begin(kEndings), std::end(kEndings), ending) != std::end(kEndings);
}

bool is_utf8(const std::string& text) {
  using nlohmann::json;
  const std::string repaired = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(repaired).get<std::string>() == text;
}

std::vector<std::string> picture_names(const fs::path& folder, bool recursive,
                                       const std::string& except) {
  std::vector<std::string> names;
  for (fs::recursive_directory_iterator entry(folder), end; entry != end; ++entry) {
    const bool hidden = entry->path().filename().string().front() == '.';
    if (entry->is_directory()) {
      if (hidden || !recursive || same_place(entry->path().string(), except)) {
        entry.disable_recursion_pending();
      }
    } else if (!hidden && entry->is_regular_file() && is_picture(entry->path())) {
      names.push_back(entry->path().lexically_relative(folder).generic_string());
    }
  }
  return names;
}

std::string without_ending(const std::string& name) {
  return fs::path(name).replace_extension().generic_string();
}

}  // namespace

std::vector<Picture> list_pictures(const std::string& folder, bool recursive,
                                   const std::string& except) {
  std::vector<Picture> pictures;
  try {
    for (std::string& name : picture_names(folder, recursive, except)) {
      pictures.push_back({std::move(name), ""});
    }
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorCode::kNotFound, error.path1().string() + ": " + error.code().message());
  }
  if (pictures.empty()) {
    throw Error(ErrorCode::kNotFound, folder + ": no picture in it" +
                                          (recursive ? "" : " (--recursive looks below as well)"));
  }
  for (const Picture& picture : pictures) {
    if (is_utf8(picture.name)) continue;
    throw Error(ErrorCode::kInvalidArgument,
                folder + "/" + picture.name + ": the name is not UTF-8; rename the file");
  }
  std::sort(pictures.begin(), pictures.end(),
            [](const Picture& a, const Picture& b) { return a.name < b.name; });
  name_outputs(pictures);
  return pictures;
}

void name_outputs(std::vector<Picture>& pictures) {
  std::unordered_map<std::string, int> uses;
  std::unordered_set<std::string> names;
  for (const Picture& picture : pictures) {
    ++uses[without_ending(picture.name)];
    names.insert(picture.name);
  }
  for (Picture& picture : pictures) {
    const std::string shorter = without_ending(picture.name);
    // A shorter name that is another picture's whole name may be what that one is called.
    const bool free = uses[shorter] == 1 && names.count(shorter) == 0;
    picture.output = free ? shorter : picture.name;
  }
}

}  // namespace fo1::cli
