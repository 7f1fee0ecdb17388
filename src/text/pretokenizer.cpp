#include "text/pretokenizer.h"

#include "base/error.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace fo1 {
namespace {

// With the letters and numbers of Unicode 15 to 18, so that older releases of PCRE2 cut text just
// like newer ones.
constexpr const char* kLetter =
    R"(\p{L})"
    R"(\x{558}\x{58b}-\x{58c}\x{88f}\x{c5c}\x{cdc}\x{1c89}-\x{1c8a}\x{208f}\x{209d}-\x{209f})"
    R"(\x{a7cb}-\x{a7cf}\x{a7d2}\x{a7d4}\x{a7da}-\x{a7dd}\x{a7e2}\x{a7f1}\x{ab6c}-\x{ab6d})"
    R"(\x{105c0}-\x{105f3}\x{107bb}-\x{107bf}\x{10940}-\x{10959}\x{10d4a}-\x{10d65})"
    R"(\x{10d6f}-\x{10d85}\x{10ec2}-\x{10ec7}\x{10ed9}-\x{10eee}\x{1123f}-\x{11240})"
    R"(\x{11380}-\x{11389}\x{1138b}\x{1138e}\x{11390}-\x{113b5}\x{113b7}\x{113d1}\x{113d3})"
    R"(\x{11b0a}\x{11bc0}-\x{11be0}\x{11db0}-\x{11ddb}\x{11df1}\x{11f02}\x{11f04}-\x{11f10})"
    R"(\x{11f12}-\x{11f33}\x{1342f}\x{13441}-\x{13446}\x{13460}-\x{143fa}\x{16100}-\x{1611d})"
    R"(\x{16d40}-\x{16d6c}\x{16ea0}-\x{16eb8}\x{16ebb}-\x{16ed3}\x{16ff2}-\x{16ff3})"
    R"(\x{187f8}-\x{187ff}\x{18cd6}-\x{18cda}\x{18cff}\x{18d09}-\x{18d20}\x{18d80}-\x{18df2})"
    R"(\x{18e00}-\x{19191}\x{191a0}-\x{191d2}\x{1b123}-\x{1b128}\x{1b132}\x{1b155}\x{1b168})"
    R"(\x{1d6a6}\x{1df1f}-\x{1df81}\x{1df90}-\x{1df96}\x{1dfcd}-\x{1dfff}\x{1e030}-\x{1e06d})"
    R"(\x{1e4d0}-\x{1e4eb}\x{1e5d0}-\x{1e5ed}\x{1e5f0}\x{1e6c0}-\x{1e6de}\x{1e6e0}-\x{1e6e2})"
    R"(\x{1e6e4}-\x{1e6e5}\x{1e6e7}-\x{1e6ed}\x{1e6f0}-\x{1e6f4}\x{1e6fe}-\x{1e6ff})"
    R"(\x{2b739}-\x{2b73f}\x{2b81e}\x{2cea2}-\x{2cead}\x{2ebf0}-\x{2ee5d}\x{31350}-\x{33479})"
    R"(\x{3d000}-\x{3fc3f})";
constexpr const char* kNumber =
    R"(\p{N})"
    R"(\x{10d40}-\x{10d49}\x{116d0}-\x{116e3}\x{11bf0}-\x{11bf9}\x{11de0}-\x{11de9})"
    R"(\x{11f50}-\x{11f59}\x{1246f}\x{12475}-\x{1247f}\x{12550}-\x{12686}\x{16130}-\x{16139})"
    R"(\x{16d70}-\x{16d79}\x{16ff4}-\x{16ff6}\x{1ccf0}-\x{1ccf9}\x{1d2c0}-\x{1d2d3})"
    R"(\x{1e4f0}-\x{1e4f9}\x{1e5f1}-\x{1e5fa})";
// PCRE2's \s also holds U+180E, which left this class with Unicode 6.3.
constexpr const char* kSpace =
    R"(\t-\r \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";

std::string message_of(int error) {
  PCRE2_UCHAR text[128];
  pcre2_get_error_message(error, text, sizeof text);
  return reinterpret_cast<const char*>(text);
}

pcre2_code* compile(const std::string& pattern) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                   PCRE2_UTF | PCRE2_UCP, &error, &offset, nullptr);
  if (!code) fail(ErrorCode::kInternal, "word pattern, offset ", offset, ": ", message_of(error));
  pcre2_jit_compile(code,
                    PCRE2_JIT_COMPLETE);  // where that is not allowed, matching is only slower
  return code;
}

struct FreeMatch {
  void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
};
struct FreeContext {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

}  // namespace

// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|
// \s*[\r\n]+|\s+(?!\S)|\s+
std::string qwen2_word() {
  return cat(R"((?i:'s|'t|'re|'ve|'m|'ll|'d))",                     //
             R"(|[^\r\n)", kLetter, kNumber, "]?[", kLetter, "]+",  //
             "|[", kNumber, "]",                                    //
             "| ?[^", kSpace, kLetter, kNumber, R"(]+[\r\n]*)",     //
             "|[", kSpace, R"(]*[\r\n]+)",                          //
             "|[", kSpace, "]+(?![^", kSpace, "])",                 //
             "|[", kSpace, "]+");
}

// 's|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+
std::string clip_word() {
  return cat("'s|'t|'re|'ve|'m|'ll|'d",  //
             "|[", kLetter, "]+",        //
             "|[", kNumber, "]",         //
             "|[^", kSpace, kLetter, kNumber, "]+");
}

void Pretokenizer::Free::operator()(pcre2_real_code_8* code) const {
  pcre2_code_free(code);
}

Pretokenizer::Pretokenizer(const std::string& word_pattern) : pattern_(compile(word_pattern)) {}

void Pretokenizer::split(std::string_view text,
                         const std::function<void(std::string_view)>& word) const {
  const std::unique_ptr<pcre2_match_data, FreeMatch> match(
      pcre2_match_data_create_from_pattern(pattern_.get(), nullptr));
  const std::unique_ptr<pcre2_match_context, FreeContext> context(
      pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(context.get(), UINT32_MAX);  // a run of blanks may be as long as it likes
  for (std::size_t at = 0; at < text.size();) {
    const int found = pcre2_match(pattern_.get(), reinterpret_cast<PCRE2_SPTR>(text.data()),
                                  text.size(), at, PCRE2_NO_UTF_CHECK, match.get(), context.get());
    if (found == PCRE2_ERROR_NOMATCH) return;
    if (found <= 0) fail(ErrorCode::kInternal, "word at offset ", at, ": ", message_of(found));
    const PCRE2_SIZE* place = pcre2_get_ovector_pointer(match.get());  // begin, end
    word(text.substr(place[0], place[1] - place[0]));
    at = place[1];
  }
}

}  // namespace fo1
