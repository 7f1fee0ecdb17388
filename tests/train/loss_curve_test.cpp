#include "train/loss_curve.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "support/data.h"

namespace fo1::train {
namespace {

std::string drawn(const std::string& lines) {
  const std::string folder = test::scratch_folder();
  const std::string metrics = join_path(folder, "metrics.jsonl");
  const std::string picture = join_path(folder, "loss.png");
  write_file(metrics, lines);
  draw_loss_curve(metrics, picture);
  return file_exists(picture) ? read_file(picture) : "";
}

// A loss that was no number is null in the file.
TEST(LossCurve, IsDrawnPastLossesWithoutANumber) {
  const std::string curve = "{\"step\": 1, \"loss\": 4}\n{\"step\": 3, \"loss\": 2}\n";
  const std::string whole = drawn(curve);
  EXPECT_FALSE(whole.empty());
  EXPECT_EQ(drawn("{\"step\": 0, \"loss\": null}\n" + curve + "{\"step\": 2, \"lo"), whole);
}

TEST(LossCurve, NeedsTwoReports) {
  EXPECT_EQ(drawn("{\"step\": 1, \"loss\": 4}\n"), "");
}

}  // namespace
}  // namespace fo1::train
