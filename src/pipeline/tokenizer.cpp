#include "fo1/tokenizer.h"

#include "pipeline/guard.h"
#include "text/tokenizer.h"

namespace fo1 {

ModelTokenizer::ModelTokenizer(std::shared_ptr<const Tokenizer> tokenizer)
    : tokenizer_(std::move(tokenizer)) {}

ModelTokenizer ModelTokenizer::load(const std::string& folder) {
  return guarded([&] { return ModelTokenizer(load_tokenizer(folder)); });
}

std::vector<std::int64_t> ModelTokenizer::encode(const std::string& text) const {
  return guarded([&] { return tokenizer_->encode(text); });
}

std::string ModelTokenizer::decode(const std::vector<std::int64_t>& ids, bool skip_special) const {
  return guarded([&] { return tokenizer_->decode(ids, skip_special); });
}

}  // namespace fo1
