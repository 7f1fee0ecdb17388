#include "text/clip_tokenizer.h"

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "text/bpe.h"

namespace fo1 {
namespace {

constexpr const char* kStart = "<|startoftext|>";
constexpr const char* kEnd = "<|endoftext|>";

// CLIP also makes every run of whitespace one space. Words hold no whitespace, so that is left out.
BpeRules clip_rules() {
  return {clip_word(), "</w>", true, kEnd};
}

// Makes `mark` a token that is found in text, also where no file lists it beside the vocabulary.
void require_mark(const std::string& mark, const Vocabulary& vocabulary, const std::string& path,
                  TokenFiles& files) {
  auto token = std::find_if(files.added.begin(), files.added.end(),
                            [&](const AddedToken& other) { return other.content == mark; });
  if (token == files.added.end()) token = files.added.insert(token, AddedToken{mark, std::nullopt});
  if (!token->id) token->id = vocabulary.find(mark);
  if (!token->id) fail(ErrorCode::kCorruptFile, path, ": no id for ", mark);
}

}  // namespace

ClipTokenizer::ClipTokenizer(std::unique_ptr<const Tokenizer> tokenizer)
    : tokenizer_(std::move(tokenizer)),
      start_(*tokenizer_->id_of(kStart)),
      end_(*tokenizer_->id_of(kEnd)) {}

ClipTokenizer ClipTokenizer::load(const std::string& folder) {
  require_folder(folder, "folder of CLIP's tokenizer");
  const std::string path = join_path(folder, "vocab.json");
  auto vocabulary = load_bpe_vocabulary(path, join_path(folder, "merges.txt"), clip_rules());
  TokenFiles files = read_token_files(folder);
  for (const char* mark : {kStart, kEnd}) require_mark(mark, *vocabulary, path, files);
  return ClipTokenizer(std::make_unique<Tokenizer>(std::move(vocabulary), files));
}

std::vector<std::int64_t> ClipTokenizer::encode(const std::string& words,
                                                std::size_t max_ids) const {
  if (max_ids < 2) fail(ErrorCode::kInvalidArgument, "max_ids: expected at least 2, got ", max_ids);
  std::vector<std::int64_t> ids = tokenizer_->encode(words);
  ids.resize(std::min(ids.size(), max_ids - 2));
  ids.insert(ids.begin(), start_);
  ids.push_back(end_);
  return ids;
}

}  // namespace fo1
