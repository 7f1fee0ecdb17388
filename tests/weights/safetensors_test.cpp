#include "weights/safetensors.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/files.h"
#include "support/data.h"
#include "support/errors.h"
#include "weights/safetensors_writer.h"
#include "weights/scalar_type.h"

namespace fo1 {
namespace {
namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::Pair;

const at::ScalarType kTypes[] = {at::kBool,          at::kByte,   at::kChar,   at::kFloat8_e5m2,
                                 at::kFloat8_e4m3fn, at::kShort,  at::kUInt16, at::kHalf,
                                 at::kBFloat16,      at::kInt,    at::kUInt32, at::kFloat,
                                 at::kLong,          at::kUInt64, at::kDouble};

// A tensor of any type whose bytes are 0 and 1, so that it is valid as every type.
at::Tensor sample(at::ScalarType type, std::vector<std::int64_t> shape) {
  at::Tensor tensor = at::empty(shape, type);
  auto* bytes = static_cast<char*>(tensor.data_ptr());
  for (std::size_t i = 0; i < tensor.nbytes(); ++i) bytes[i] = static_cast<char>(i * 7 % 3 == 0);
  return tensor;
}

bool same_bytes(const at::Tensor& a, const at::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes() &&
         (a.nbytes() == 0 || std::memcmp(a.data_ptr(), b.data_ptr(), a.nbytes()) == 0);
}

std::string scratch_file() {
  return join_path(test::scratch_folder(), "x.safetensors");
}

// Address ranges of the process that map `path`.
bool lies_in_mapping(const void* address, const std::string& path) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (!line.ends_with(path)) continue;
    std::uintptr_t begin = 0, end = 0;
    char dash = 0;
    std::istringstream(line) >> std::hex >> begin >> dash >> end;
    const auto value = reinterpret_cast<std::uintptr_t>(address);
    if (value >= begin && value < end) return true;
  }
  return false;
}

bool is_mapped(const std::string& path) {
  return read_file("/proc/self/maps").find(path) != std::string::npos;
}

TEST(Safetensors, EveryTypeComesBackBitForBit) {
  NamedTensors tensors;
  for (const at::ScalarType type : kTypes) {
    tensors.emplace_back(std::string("matrix ") + c10::toString(type), sample(type, {3, 5}));
    tensors.emplace_back(std::string("scalar ") + c10::toString(type), sample(type, {}));
    tensors.emplace_back(std::string("empty ") + c10::toString(type), sample(type, {0, 4}));
  }
  const std::string path = scratch_file();
  write_safetensors(path, tensors);
  const auto file = SafetensorsFile::open(path);
  EXPECT_EQ(file->entries().size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    EXPECT_TRUE(same_bytes(file->tensor(name), tensor)) << name;
    EXPECT_EQ(scalar_type(file->info(name).dtype), tensor.scalar_type()) << name;
  }
}

TEST(Safetensors, TensorsAreViewsOfTheMappedFileAndKeepItMapped) {
  const std::string path = fs::canonical(test::scratch_folder()) / "x.safetensors";
  const at::Tensor values = at::arange(1000, at::kFloat);
  write_safetensors(path, {{"v", values}});
  at::Tensor first, second;
  {
    const auto file = SafetensorsFile::open(path);
    first = file->tensor("v");
    second = file->tensor("v");
  }
  EXPECT_TRUE(lies_in_mapping(first.data_ptr(), path));
  EXPECT_EQ(first.data_ptr(), second.data_ptr());
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first.data_ptr()) % 64, 0u);
  EXPECT_TRUE(first.equal(values));
  first.reset();
  EXPECT_TRUE(is_mapped(path));
  second.reset();
  EXPECT_FALSE(is_mapped(path));
}

TEST(Safetensors, AnUnalignedTensorIsCopied) {
  const std::string json = R"({"u":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                           R"("f":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}})";
  const std::uint64_t length = json.size();
  const float values[] = {1.5f, -2.0f};
  const std::string path = scratch_file();
  write_file(path, std::string(reinterpret_cast<const char*>(&length), 8) + json + "\7" +
                       std::string(reinterpret_cast<const char*>(values), 8));
  const at::Tensor tensor = SafetensorsFile::open(path)->tensor("f");
  EXPECT_FALSE(lies_in_mapping(tensor.data_ptr(), path));
  EXPECT_TRUE(tensor.equal(at::tensor({1.5f, -2.0f})));
}

TEST(Safetensors, BoolsOtherThanZeroAndOneAreRefused) {
  const std::string path = scratch_file();
  write_safetensors(path, {{"b", at::ones({3}, at::kBool)}});
  std::string bytes = read_file(path);
  bytes.back() = 2;
  write_file(path, bytes);
  const auto file = SafetensorsFile::open(path);
  EXPECT_TRUE(test::fails_with([&] { file->tensor("b"); }, ErrorCode::kCorruptFile,
                               path + ": tensor \"b\": expected bytes 0 and 1"));
}

TEST(Safetensors, WhatIsNotThereIsNotFound) {
  const std::string path = scratch_file();
  const auto code = ErrorCode::kNotFound;
  EXPECT_TRUE(test::fails_with([&] { SafetensorsFile::open(path); }, code, path));
  EXPECT_TRUE(test::fails_with([&] { SafetensorsFile::open(test::scratch_folder()); }, code,
                               "no such file"));
  write_safetensors(path, {{"a", at::ones({1})}});
  const auto file = SafetensorsFile::open(path);
  EXPECT_FALSE(file->has("b"));
  EXPECT_TRUE(test::fails_with([&] { file->tensor("b"); }, code, path + ": no tensor named \"b\""));
}

TEST(Safetensors, AnEmptyFileIsCorrupt) {
  const std::string path = scratch_file();
  write_file(path, "");
  EXPECT_TRUE(test::fails_with([&] { SafetensorsFile::open(path); }, ErrorCode::kCorruptFile,
                               "got 0 bytes in all"));
}

TEST(SafetensorsWriter, SortsByElementSizeAndKeepsTheGivenOrderOtherwise) {
  const std::string path = scratch_file();
  write_safetensors(path,
                    {{"u8", at::ones({3}, at::kByte)},
                     {"z", at::ones({3}, at::kFloat)},
                     {"i64", at::ones({1}, at::kLong)},
                     {"a", at::ones({1}, at::kInt)}},
                    {{"format", "pt"}});
  const auto file = SafetensorsFile::open(path);
  EXPECT_THAT(file->names(), ElementsAre("i64", "z", "a", "u8"));
  EXPECT_THAT(file->metadata(), ElementsAre(Pair("format", "pt")));
}

TEST(SafetensorsWriter, WritesTheValuesOfStridedAndLazyViews) {
  const at::Tensor base = at::arange(12, at::kFloat).view({3, 4});
  const std::string path = scratch_file();
  write_safetensors(path, {{"transposed", base.t()},
                           {"column", base.select(1, 2)},
                           {"expanded", base[0].expand({2, 4})}});
  const auto file = SafetensorsFile::open(path);
  EXPECT_TRUE(file->tensor("transposed").equal(base.t()));
  EXPECT_TRUE(file->tensor("column").equal(at::tensor({2.f, 6.f, 10.f})));
  EXPECT_TRUE(file->tensor("expanded").equal(base[0].expand({2, 4})));
}

TEST(SafetensorsWriter, RefusesWhatAFileCannotHoldAndLeavesNothing) {
  const std::string folder = test::scratch_folder();
  const std::string path = join_path(folder, "x.safetensors");
  const at::Tensor one = at::ones({1});
  const auto writing = [&](NamedTensors tensors) {
    return [=] { write_safetensors(path, tensors); };
  };
  const auto bad = ErrorCode::kInvalidArgument;
  EXPECT_TRUE(test::fails_with(writing({{"a", one}, {"a", one}}), bad, "\"a\" is given twice"));
  EXPECT_TRUE(test::fails_with(writing({{"__metadata__", one}}), bad, "reserved"));
  EXPECT_TRUE(test::fails_with(writing({{"a", at::Tensor()}}), bad, "\"a\" has no values"));
  EXPECT_TRUE(test::fails_with(writing({{"a", at::empty({1}, at::kMeta)}}), bad, "has no values"));
  EXPECT_TRUE(test::fails_with(writing({{"\xff", one}}), bad, "must be UTF-8"));
  EXPECT_TRUE(test::fails_with(writing({{"a", one.to(at::kComplexFloat)}}), ErrorCode::kUnsupported,
                               "cannot hold ComplexFloat"));
  EXPECT_TRUE(test::fails_with(writing({{"a", one.to_sparse()}}), ErrorCode::kUnsupported,
                               "expected a dense tensor"));
  EXPECT_TRUE(fs::is_empty(folder));
  EXPECT_TRUE(test::fails_with(
      [&] {
        write_safetensors("/nowhere/x.safetensors", {{"a", one}});
      },
      ErrorCode::kNotFound, "/nowhere/x.safetensors"));
}

class RecordedFiles : public testing::TestWithParam<const char*> {};

TEST_P(RecordedFiles, AllOpenAndEveryTensorIsReadable) {
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(test::data_path(GetParam()))) {
    if (entry.path().extension() != ".safetensors") continue;
    ++files;
    const auto file = SafetensorsFile::open(entry.path());
    EXPECT_FALSE(file->entries().empty()) << entry.path();
    for (const TensorEntry& info : file->entries()) {
      const at::Tensor tensor = file->tensor(info.name);
      EXPECT_EQ(tensor.nbytes(), info.bytes()) << entry.path() << ": " << info.name;
      if (tensor.is_floating_point()) {
        EXPECT_TRUE(tensor.to(at::kFloat).isfinite().all().item<bool>())
            << entry.path() << ": " << info.name;
      }
    }
  }
  EXPECT_GT(files, 0);
}

INSTANTIATE_TEST_SUITE_P(All, RecordedFiles,
                         testing::Values("parity/cases", "parity/hfre", "parity/image",
                                         "parity/model", "parity/modules"));

}  // namespace
}  // namespace fo1
