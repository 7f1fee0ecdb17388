// Cuts text into the words that BPE merges within.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct pcre2_real_code_8;

namespace fo1 {

// Patterns of one word.
std::string qwen2_word();  // every character belongs to a word
std::string clip_word();   // whitespace belongs to none

class Pretokenizer {
 public:
  explicit Pretokenizer(const std::string& word_pattern = qwen2_word());

  // Calls word() for each word in order. `text` is valid UTF-8; what is in no word is left out.
  void split(std::string_view text, const std::function<void(std::string_view)>& word) const;

 private:
  struct Free {
    void operator()(pcre2_real_code_8* code) const;
  };
  std::unique_ptr<pcre2_real_code_8, Free> pattern_;
};

}  // namespace fo1
