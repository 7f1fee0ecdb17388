#include "train/loss_curve.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <sstream>
#include <vector>

#include "base/files.h"
#include "base/json.h"
#include "image/codec.h"
#include "image/rgb_image.h"

namespace fo1::train {
namespace {

constexpr int kWidth = 960, kHeight = 540, kLeft = 80, kRight = 30, kTop = 30, kBottom = 50;
constexpr double kBends = 20;  // about how many of them the average can follow
const cv::Scalar kInk(40, 40, 40), kGrid(225, 225, 225), kFaint(190, 205, 235),
    kStrong(30, 80, 190);

struct Curve {
  std::vector<double> steps, losses;
};

Curve read_curve(const std::string& path) {
  Curve curve;
  if (!file_exists(path)) return curve;
  std::istringstream lines(read_file(path));
  for (std::string line; std::getline(lines, line);) {
    const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    // A loss that was no number is written as null.
    if (!json.is_object() || !json.contains("loss") || !json["loss"].is_number()) continue;
    const auto loss = json["loss"].get<double>();
    if (loss <= 0) continue;
    curve.steps.push_back(json.value("step", 0.0));
    curve.losses.push_back(loss);
  }
  return curve;
}

std::vector<double> smoothed(const std::vector<double>& values) {
  const double kept = std::max(0.0, 1 - kBends / static_cast<double>(values.size()));
  std::vector<double> result;
  double sum = 0, weight = 0;
  for (const double value : values) {
    sum = kept * sum + (1 - kept) * value;
    weight = kept * weight + (1 - kept);
    result.push_back(sum / weight);
  }
  return result;
}

class Plot {
 public:
  explicit Plot(const Curve& curve)
      : canvas_(kHeight, kWidth, CV_8UC3, cv::Scalar::all(255)),
        most_steps_(curve.steps.back()),
        least_(std::log(*std::ranges::min_element(curve.losses))),
        most_(std::max(std::log(*std::ranges::max_element(curve.losses)), least_ + 1e-3)) {
    for (int i = 0; i <= 4; ++i) {
      const double loss = std::exp(least_ + (most_ - least_) * i / 4);
      const double step = most_steps_ * i / 4;
      cv::line(canvas_, at(0, loss), at(most_steps_, loss), kGrid);
      write(loss, "%.3g", at(0, loss) + cv::Point(-kLeft + 10, 5));
      write(step, "%.0f", at(step, std::exp(least_)) + cv::Point(-15, 25));
    }
    cv::putText(canvas_, "loss", {10, 20}, cv::FONT_HERSHEY_SIMPLEX, 0.5, kInk, 1, cv::LINE_AA);
    cv::putText(canvas_, "step", {kWidth / 2, kHeight - 8}, cv::FONT_HERSHEY_SIMPLEX, 0.5, kInk, 1,
                cv::LINE_AA);
  }

  void draw(const std::vector<double>& steps, const std::vector<double>& losses,
            const cv::Scalar& colour, int thickness) {
    std::vector<cv::Point> line;
    for (std::size_t i = 0; i < steps.size(); ++i) line.push_back(at(steps[i], losses[i]));
    cv::polylines(canvas_, line, /*isClosed=*/false, colour, thickness, cv::LINE_AA);
  }

  void save(const std::string& path) const {
    RgbImage picture = new_rgb_image({kWidth, kHeight}, path);
    std::copy_n(canvas_.data, picture.byte_count(), picture.pixels.get());
    write_file(path, encode_picture(picture, ".png"));
  }

 private:
  cv::Point at(double step, double loss) const {
    const double x = step / most_steps_, y = (std::log(loss) - least_) / (most_ - least_);
    return {kLeft + static_cast<int>(x * (kWidth - kLeft - kRight)),
            kHeight - kBottom - static_cast<int>(y * (kHeight - kTop - kBottom))};
  }
  void write(double value, const char* format, cv::Point where) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    cv::putText(canvas_, text, where, cv::FONT_HERSHEY_SIMPLEX, 0.45, kInk, 1, cv::LINE_AA);
  }

  cv::Mat canvas_;                    // RGB
  double most_steps_, least_, most_;  // losses as logarithms
};

}  // namespace

void draw_loss_curve(const std::string& metrics, const std::string& picture) {
  const Curve curve = read_curve(metrics);
  if (curve.steps.size() < 2) return;
  Plot plot(curve);
  plot.draw(curve.steps, curve.losses, kFaint, 1);
  plot.draw(curve.steps, smoothed(curve.losses), kStrong, 2);
  plot.save(picture);
}

}  // namespace fo1::train
