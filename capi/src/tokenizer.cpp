#include <algorithm>

#include "capi/src/options.h"

using namespace fo1;
using namespace fo1::capi;

extern "C" {

fo1_status fo1_tokenizer_load(fo1_tokenizer** out, const char* model_folder) {
  return create(out, [&] { return ModelTokenizer::load(required(model_folder, "model_folder")); });
}

fo1_status fo1_tokenizer_encode(int64_t* ids, size_t capacity, size_t* count,
                                const fo1_tokenizer* tokenizer, const char* text) {
  return guard([&] {
    required(count, "count");
    check_array(ids, capacity, "ids");
    const std::vector<std::int64_t> all = object_of(tokenizer)->encode(required(text, "text"));
    std::copy_n(all.begin(), std::min(capacity, all.size()), ids);
    *count = all.size();
  });
}

fo1_status fo1_tokenizer_decode(char* text, size_t capacity, size_t* size,
                                const fo1_tokenizer* tokenizer, const int64_t* ids, size_t id_count,
                                int32_t skip_special) {
  return guard([&] {
    required(size, "size");
    check_array(text, capacity, "text");
    const std::string all = object_of(tokenizer)->decode(indexes_of(ids, id_count, "ids"),
                                                         truth(skip_special, "skip_special"));
    if (capacity > 0) {
      const std::size_t written = std::min(capacity - 1, all.size());
      std::copy_n(all.begin(), written, text);
      text[written] = '\0';
    }
    *size = all.size();
  });
}

void fo1_tokenizer_free(fo1_tokenizer* tokenizer) {
  release(tokenizer);
}

}  // extern "C"
