// Cuts text into the words that BPE merges within.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

struct pcre2_real_code_8;

namespace fo1 {

class Pretokenizer {
 public:
  Pretokenizer();

  // Calls word() for each word in order; together they are `text`, which is valid UTF-8.
  void split(std::string_view text, const std::function<void(std::string_view)>& word) const;

 private:
  struct Free {
    void operator()(pcre2_real_code_8* code) const;
  };
  std::unique_ptr<pcre2_real_code_8, Free> pattern_;
};

}  // namespace fo1
