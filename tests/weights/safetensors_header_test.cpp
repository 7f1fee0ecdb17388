#include "weights/safetensors_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <random>

#include "support/errors.h"

namespace fo1 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string with_length(std::uint64_t length, const std::string& rest) {
  std::string file(sizeof(length), '\0');
  std::memcpy(file.data(), &length, sizeof(length));
  return file + rest;
}

// A file with this header and `data_bytes` bytes of tensors.
std::string file_of(const std::string& json, std::size_t data_bytes) {
  return with_length(json.size(), json + std::string(data_bytes, '\1'));
}

const char* const kGoodJson = R"({"__metadata__":{"made by":"a test"},)"
                              R"("b":{"dtype":"I64","shape":[],"data_offsets":[12,20]},)"
                              R"("a":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},)"
                              R"("none":{"dtype":"F32","shape":[4,0],"data_offsets":[12,12]}}   )";

TEST(SafetensorsHeader, ReadsTensorsInTheOrderOfTheirBytes) {
  const SafetensorsHeader header = parse_safetensors_header(file_of(kGoodJson, 20), "x");
  EXPECT_EQ(header.data_begin, 8 + std::strlen(kGoodJson));
  EXPECT_THAT(header.metadata, ElementsAre(Pair("made by", "a test")));
  ASSERT_EQ(header.entries.size(), 3u);
  EXPECT_EQ(header.entries[0].name, "a");
  EXPECT_EQ(header.entries[0].dtype, DataType::kBF16);
  EXPECT_THAT(header.entries[0].shape, ElementsAre(2, 3));
  EXPECT_EQ(header.entries[1].name, "none");
  EXPECT_EQ(header.entries[1].bytes(), 0u);
  EXPECT_EQ(header.entries[2].name, "b");
  EXPECT_EQ(header.entries[2].begin, 12u);
  EXPECT_EQ(header.entries[2].end, 20u);
}

TEST(SafetensorsHeader, AFileWithoutTensorsIsWhole) {
  EXPECT_TRUE(parse_safetensors_header(file_of("{}", 0), "x").entries.empty());
}

struct Lie {
  const char* json;
  std::size_t data_bytes;
  const char* message;
};

void PrintTo(const Lie& lie, std::ostream* out) {
  *out << lie.json;
}

class LyingHeader : public testing::TestWithParam<Lie> {};

TEST_P(LyingHeader, IsRefused) {
  const std::string file = file_of(GetParam().json, GetParam().data_bytes);
  EXPECT_TRUE(test::fails_with([&] { parse_safetensors_header(file, "m.safetensors"); },
                               ErrorCode::kCorruptFile, "m.safetensors: "));
  EXPECT_TRUE(test::fails_with([&] { parse_safetensors_header(file, "m.safetensors"); },
                               ErrorCode::kCorruptFile, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, LyingHeader,
    testing::Values(
        Lie{"", 0, "not valid JSON"}, Lie{"{\"a\"", 0, "not valid JSON"},
        Lie{"{\"\xff\":{}}", 0, "not valid JSON"},
        Lie{"[]", 0, "expected a header that is an object"},
        Lie{R"({"a":7})", 0, "tensor \"a\": expected an object"},
        Lie{R"({"a":{"shape":[],"data_offsets":[0,4]}})", 4, "missing key \"dtype\""},
        Lie{R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4, "missing key \"shape\""},
        Lie{R"({"a":{"dtype":"F32","shape":[]}})", 4, "missing key \"data_offsets\""},
        Lie{R"({"a":{"dtype":"F33","shape":[],"data_offsets":[0,4]}})", 4,
            "tensor \"a\": dtype: expected one of BOOL, U8,"},
        Lie{R"({"a":{"dtype":4,"shape":[],"data_offsets":[0,4]}})", 4, "dtype: expected a string"},
        Lie{R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4,
            "shape: expected numbers >= 0, got \"[-1]\""},
        Lie{R"({"a":{"dtype":"F32","shape":[0.5],"data_offsets":[0,4]}})", 4,
            "shape[0]: expected an integer"},
        Lie{R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]}})", 4,
            "expected an integer below 2^63"},
        Lie{R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0,
            "expected fewer than 2^63 bytes"},
        Lie{R"({"a":{"dtype":"F32","shape":[4611686018427387904,0,8],"data_offsets":[0,0]}})", 0,
            "expected fewer than 2^63 bytes"},
        Lie{R"({"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,20]}})", 20,
            "tensor \"a\": data_offsets: expected 24 bytes for F32 [2, 3], got \"[0,20]\""},
        Lie{R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0]}})", 4, "expected [begin, end]"},
        Lie{R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}})", 4, "expected [begin, end]"},
        Lie{R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[-4,0]}})", 4,
            "expected numbers >= 0"},
        Lie{R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 3,
            "expected [begin, end] within the 3 bytes after the header, got \"[0,4]\""},
        Lie{R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 5,
            "expected 4 bytes of tensors, got 5"},
        Lie{R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}})", 5,
            "tensor \"a\": expected to begin at byte 0 where the one before ends, got 1"},
        Lie{R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
            R"("b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})",
            6, "tensor \"b\": expected to begin at byte 4 where the one before ends, got 2"},
        Lie{R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
            R"("a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})",
            4, "names \"a\" twice"},
        Lie{R"({"a":{"dtype":"U8","dtype":"I8","shape":[4],"data_offsets":[0,4]}})", 4,
            "names \"dtype\" twice"},
        Lie{R"({"__metadata__":{"a":1}})", 0, "__metadata__: a: expected a string"},
        Lie{R"({"__metadata__":[]})", 0, "__metadata__: expected an object"}));

TEST(SafetensorsHeader, ALengthBeyondTheFileIsRefused) {
  const auto parse = [](const std::string& file) { parse_safetensors_header(file, "m"); };
  const auto code = ErrorCode::kCorruptFile;
  EXPECT_TRUE(test::fails_with([&] { parse(""); }, code, "m: expected the 8 bytes"));
  EXPECT_TRUE(test::fails_with([&] { parse("1234567"); }, code, "got 7 bytes in all"));
  EXPECT_TRUE(test::fails_with([&] { parse(with_length(3, "{}")); }, code,
                               "m: expected a header of at most 2 bytes, got the length 3"));
  EXPECT_TRUE(test::fails_with([&] { parse(with_length(~0ull, "{}")); }, code,
                               "got the length 18446744073709551615"));
}

TEST(SafetensorsHeader, DeepNestingIsRefusedBeforeAnyRecursion) {
  const std::string deep = R"({"a":{"shape":)" + std::string(1'000'000, '[');
  EXPECT_TRUE(test::fails_with([&] { parse_safetensors_header(file_of(deep, 0), "m"); },
                               ErrorCode::kCorruptFile, "m: header is nested too deeply"));
}

TEST(DataTypes, NamesGoBothWays) {
  for (int i = 0; i <= static_cast<int>(DataType::kF64); ++i) {
    const auto type = static_cast<DataType>(i);
    EXPECT_EQ(data_type_from(data_type_name(type)), type);
    EXPECT_THAT(data_type_names(), HasSubstr(std::string(data_type_name(type))));
  }
  EXPECT_EQ(data_type_from("f32"), std::nullopt);
}

// --- random damage ---

class Damage {
 public:
  explicit Damage(std::uint32_t seed) : random_(seed) {}

  void apply(std::string& file) {
    switch (below(6)) {
      case 0: file[below(file.size())] ^= static_cast<char>(1 << below(8)); break;
      case 1: file[below(file.size())] = static_cast<char>(below(256)); break;
      case 2: file.resize(1 + below(file.size())); break;
      case 3:
        file[below(std::min<std::size_t>(8, file.size()))] = static_cast<char>(below(256));
        break;
      case 4:
        file.erase(below(file.size()), 1 + below(4));
        file += '\0';
        break;
      case 5: file.insert(below(file.size()), kPieces[below(std::size(kPieces))]); break;
    }
  }

 private:
  static constexpr const char* kPieces[] = {
      "-1",   "0",      "9223372036854775807", "1e400", "{", "}", "[[", "],", "\"a\":", ",",
      "null", "\\u0000"};

  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  std::mt19937 random_;
};

// Whatever a header claims, what is accepted must lie inside the file.
void expect_sound(const SafetensorsHeader& header, std::size_t file_size) {
  std::size_t next = header.data_begin;
  for (const TensorEntry& entry : header.entries) {
    ASSERT_EQ(header.data_begin + entry.begin, next);
    std::size_t bytes = data_type_size(entry.dtype);
    for (const std::int64_t dim : entry.shape) bytes *= static_cast<std::size_t>(dim);
    ASSERT_EQ(entry.bytes(), bytes);
    next += bytes;
  }
  ASSERT_EQ(next, file_size);
}

TEST(SafetensorsHeader, RandomDamageIsAcceptedSoundlyOrRefused) {
  constexpr int kRounds = 20'000;
  int accepted = 0, refused = 0;
  for (int round = 0; round < kRounds; ++round) {
    Damage damage(static_cast<std::uint32_t>(round));
    std::string damaged = file_of(kGoodJson, 20);
    for (int i = 0; i <= round % 3; ++i) damage.apply(damaged);
    // Exactly as long as the file, so that a sanitizer sees a read past its end.
    const std::vector<char> file(damaged.begin(), damaged.end());
    try {
      const auto header = parse_safetensors_header({file.data(), file.size()}, "damaged");
      ASSERT_NO_FATAL_FAILURE(expect_sound(header, file.size())) << "round " << round;
      ++accepted;
    } catch (const Error& error) {
      ASSERT_EQ(error.code(), ErrorCode::kCorruptFile) << "round " << round;
      ASSERT_THAT(error.what(), HasSubstr("damaged")) << "round " << round;
      ++refused;
    }
  }
  EXPECT_GT(accepted, kRounds / 100);  // a changed value or name is no lie
  EXPECT_GT(refused, kRounds / 2);
}

}  // namespace
}  // namespace fo1
