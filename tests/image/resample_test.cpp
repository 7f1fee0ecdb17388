#include "image/resample.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <random>

#include "support/golden.h"

namespace fo1 {
namespace {

using test::Golden;

// Pairs in.K and out.K of a recorded file.
void expect_same_as(const std::string& file, ResampleFilter filter) {
  const Golden golden(file);
  int compared = 0;
  for (const std::string& name : golden.names()) {
    if (!name.starts_with("in.")) continue;
    const at::Tensor expected = golden["out." + name.substr(3)];
    const at::Tensor actual =
        resample(golden[name].contiguous(), {expected.size(1), expected.size(0)}, filter);
    EXPECT_TRUE(at::equal(actual, expected))
        << file << ": " << name << ": largest difference "
        << (actual.to(at::kInt) - expected.to(at::kInt)).abs().max().item<int>();
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

TEST(Resample, BicubicIsPillows) {
  expect_same_as("parity/image/resize.safetensors", ResampleFilter::kBicubic);
}

TEST(Resample, BilinearIsPillows) {
  expect_same_as("upn/modules/pillow_bilinear.safetensors", ResampleFilter::kBilinear);
}

at::Tensor random_picture(std::int64_t width, std::int64_t height) {
  return at::randint(0, 256, {height, width, 3}, at::kByte);
}

TEST(Resample, KeepsWhatHasItsSize) {
  const at::Tensor picture = random_picture(19, 23);
  EXPECT_EQ(resample(picture, {19, 23}, ResampleFilter::kBicubic).const_data_ptr(),
            picture.const_data_ptr());
}

// Weights are rounded to 22 bits, yet must add up: 255 must not become 254.
TEST(Resample, AFlatPictureStaysFlat) {
  std::mt19937 random(5);
  const auto side = [&] { return static_cast<std::int64_t>(random() % 70 + 1); };
  for (int round = 0; round < 100; ++round) {
    const int value = static_cast<int>(random() % 256);
    const at::Tensor flat = at::full({side(), side(), 3}, value, at::kByte);
    for (const ResampleFilter filter : {ResampleFilter::kBicubic, ResampleFilter::kBilinear}) {
      const at::Tensor resized = resample(flat, {side(), side()}, filter);
      ASSERT_EQ(resized.min().item<int>(), value);
      ASSERT_EQ(resized.max().item<int>(), value);
    }
  }
}

// Rows are worked on 16 at a time and in stretches of 48 bytes: neither may show.
TEST(Resample, RowsAndColumnsDoNotDependOnTheirNeighbours) {
  const at::Tensor picture = random_picture(45, 37);
  const at::Tensor wider = resample(picture, {64, 37}, ResampleFilter::kBicubic);
  const at::Tensor higher = resample(picture, {45, 50}, ResampleFilter::kBicubic);
  for (std::int64_t y = 0; y < 37; ++y) {
    const at::Tensor alone =
        resample(picture.narrow(0, y, 1).contiguous(), {64, 1}, ResampleFilter::kBicubic);
    ASSERT_TRUE(at::equal(alone, wider.narrow(0, y, 1))) << y;
  }
  for (std::int64_t x = 0; x < 45; ++x) {
    const at::Tensor alone =
        resample(picture.narrow(1, x, 1).contiguous(), {1, 50}, ResampleFilter::kBicubic);
    ASSERT_TRUE(at::equal(alone, higher.narrow(1, x, 1))) << x;
  }
}

TEST(Resample, ThreadsDoNotChangeAnything) {
  const at::Tensor picture = random_picture(301, 203);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor alone = resample(picture, {222, 333}, ResampleFilter::kBicubic);
  at::set_num_threads(3);
  EXPECT_TRUE(at::equal(resample(picture, {222, 333}, ResampleFilter::kBicubic), alone));
  at::set_num_threads(threads);
}

}  // namespace
}  // namespace fo1
