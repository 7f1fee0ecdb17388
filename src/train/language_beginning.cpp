#include "train/language_beginning.h"

#include <ATen/core/grad_mode.h>

#include <cmath>
#include <cstddef>

#include "train/heads.h"
#include "train/word_table.h"

namespace fo1::train {
namespace {

// Of the vector that is compared with the words' rows to say one. Rows of a length that suits the
// layers would make a model sure of what it has not learnt yet.
constexpr double kSaidLength = 0.8;
constexpr std::size_t kEarly = 2;  // layers after the first that search by what stood before

// What stands after a token like this one, and before a token like that two before this one: the
// name of a region, and the region of a name, where the name is written as `<ground>name</ground>`.
void search_early(QwenAttentionImpl& attention, double rope_theta, const Readers& readers) {
  search(attention, rope_theta, 0, {readers.own, readers.one_before, {}}, readers.own);
  if (attention.kv_heads < 2) return;
  const at::Tensor& earlier =
      readers.two_before.defined() ? readers.two_before : readers.one_before;
  search(attention, rope_theta, 1, {earlier, readers.own, readers.one_before}, readers.own);
}

void search_late(QwenAttentionImpl& attention, double rope_theta, const Readers& readers) {
  search(attention, rope_theta, 0, {readers.own, readers.own, readers.one_before}, readers.own);
}

}  // namespace

void begin_language_model(const Decoder& decoder, const Tokenizer& tokenizer) {
  const at::NoGradGuard no_grad;
  Qwen model = decoder.model;
  const LanguageConfig& config = model->config;
  begin_words(model->embed_tokens->weight, tokenizer);
  if (decoder.head.is_alias_of(model->embed_tokens->weight)) {
    model->norm->weight.fill_(kSaidLength / std::sqrt(static_cast<double>(config.dim)));
  }
  Readers readers;
  for (std::size_t i = 0; i < model->layers.size(); ++i) {
    QwenAttentionImpl& attention = *model->layers[i]->attention;
    if (i == 0) {
      readers = look_back(attention, config.rope_theta);
      copy_looked_at(attention, /*first=*/readers.two_before.defined() ? 2 : 1);
    } else {
      copy_looked_at(attention);
      (i <= kEarly ? search_early : search_late)(attention, config.rope_theta, readers);
    }
    model->layers[i]->mlp->down->weight.zero_();
  }
}

}  // namespace fo1::train
