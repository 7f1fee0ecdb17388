#include "text/sentencepiece_models.h"

#include <sentencepiece_trainer.h>

#include <stdexcept>
#include <unordered_map>
#include <vector>

#include "base/files.h"
#include "support/data.h"
#include "text/support.h"

namespace fo1::test {
namespace {

class Sentences : public sentencepiece::SentenceIterator {
 public:
  explicit Sentences(std::vector<std::string> texts) : texts_(std::move(texts)) {}
  bool done() const override { return next_ == texts_.size(); }
  void Next() override { ++next_; }
  const std::string& value() const override { return texts_[next_]; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  std::vector<std::string> texts_;
  std::size_t next_ = 0;
};

std::vector<std::string> training_texts() {
  std::vector<std::string> texts;
  for (const char* object : {"cat", "red circle", "blue square", "orange", "table"}) {
    texts.push_back(std::string("Please detect the ") + object + " in this image.");
    texts.push_back(std::string("How many ") + object + "s are there? Locate them.");
    texts.push_back(std::string("The ") + object + " is left of the other " + object + ".");
  }
  return texts;
}

}  // namespace

const std::map<std::string, std::string>& usual_options() {
  static const std::map<std::string, std::string> options = {
      {"model_type", "bpe"},
      {"vocab_size", "360"},
      {"byte_fallback", "true"},
      {"normalization_rule_name", "identity"},
      {"remove_extra_whitespaces", "false"},
      {"user_defined_symbols", "<sep>,<region0>"},
  };
  return options;
}

std::string train_sentencepiece(std::map<std::string, std::string> options) {
  options.emplace("minloglevel", "2");
  options.emplace("hard_vocab_limit", "false");
  Sentences sentences(training_texts());
  std::string model;
  const auto status = sentencepiece::SentencePieceTrainer::Train(
      std::unordered_map<std::string, std::string>(options.begin(), options.end()), &sentences,
      &model);
  if (!status.ok()) throw std::runtime_error(status.ToString());
  const std::string folder = scratch_folder();
  write_file(join_path(folder, "tokenizer.model"), model);
  return folder;
}

}  // namespace fo1::test
