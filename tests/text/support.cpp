#include "text/support.h"

#include "base/error.h"
#include "base/files.h"
#include "support/data.h"
#include "text/bpe.h"

namespace fo1::test {
namespace {

std::vector<std::string> characters(const std::string& text) {
  std::vector<std::string> found;
  for (const char byte : text) {
    const bool goes_on = (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
    if (!goes_on) found.emplace_back();
    found.back() += byte;
  }
  return found;
}

void write_json(const std::string& folder, const std::string& name, const Json& json) {
  if (!json.is_null()) write_file(join_path(folder, name), json.dump());
}

}  // namespace

std::unique_ptr<Tokenizer> golden_tokenizer(const std::string& name) {
  const Json json = load_json(data_path("parity/" + name + ".json"));
  const JsonView golden(json, name);
  const auto folder = [&](const std::string& key) {
    return data_path("parity/" + golden.get<std::string>(key));
  };
  return load_bpe({join_path(folder("vocab_and_merges"), "vocab.json"),
                   join_path(folder("vocab_and_merges"), "merges.txt"), folder("tokenizer")});
}

std::string small_model_folder() {
  const Json manifest = load_json(data_path("parity/manifest.json"));
  const JsonView models = JsonView(manifest, "manifest.json").at("models");
  return data_path("parity/" + models.at(models.size() - 1).get<std::string>("path"));
}

std::string write_tiny_bpe(const TinyBpe& tiny) {
  const std::string folder = scratch_folder();
  Json vocab = Json::object();
  const auto add = [&](const std::string& piece) {
    const std::size_t id = vocab.size();
    vocab.emplace(piece, id);
  };
  for (const std::string& letter : characters(tiny.letters)) add(letter);
  std::string merges = "#version: 0.2\n";
  for (const std::string& merge : tiny.merges) {
    const std::size_t space = merge.find(' ');
    add(merge.substr(0, space) + merge.substr(space + 1));
    merges += merge + "\n";
  }
  write_json(folder, "vocab.json", vocab);
  write_file(join_path(folder, "merges.txt"), merges);
  write_json(folder, "tokenizer_config.json", tiny.config);
  write_json(folder, "added_tokens.json", tiny.added);
  write_json(folder, "special_tokens_map.json", tiny.special);
  return folder;
}

std::string copy_of_clip_tokenizer() {
  const std::string folder = scratch_folder();
  for (const char* name : {"vocab.json", "merges.txt", "tokenizer_config.json"}) {
    write_file(join_path(folder, name), read_file(data_path(cat("clip_tokenizer/", name))));
  }
  return folder;
}

Ids random_ids(Random& random, std::size_t count, std::int64_t limit) {
  Ids ids;
  for (std::size_t i = 0; i < count; ++i) {
    ids.push_back(static_cast<std::int64_t>(random.below(static_cast<std::size_t>(limit))));
  }
  return ids;
}

const std::vector<std::string>& sample_texts() {
  static const std::vector<std::string> texts = {
      "",
      "Please detect red circle in this image.",
      "I'm sure they've said 'tis 3.14, isn't it?\r\n\n  \t x",
      "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>\nhi<|im_end|>\n",
      "<ground>cat</ground><objects><region0><region12></objects>",
      "请检测图中的红色圆形。 日本語 한국어 😀👨‍👩‍👧",
      "e\xCC\x81\xCC\xA3 \xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8 \xC2\xA0\xE3\x80\x80",
      std::string("\0\x01 nul", 6),
  };
  return texts;
}

}  // namespace fo1::test
