// A detector of one's own in the place of a proposal network: patches of strong colour or black,
// found with OpenCV. Prints what the model finds among them and draws it into own_detector.png.
//   own_detector MODEL IMAGE LABEL...
#include <fo1/fo1.h>

#include <algorithm>
#include <iostream>
#include <opencv2/imgproc.hpp>

namespace {

constexpr int kColoured = 128;  // least saturation of a patch, 0 to 255
constexpr int kBlack = 64;      // or a value below this
constexpr int kNeck = 15;       // patches joined by less than this many pixels are two

std::vector<fo1::Region> patches(const fo1::Image& image, const fo1::ProposeOptions&) {
  const cv::Mat rgb(image.height(), image.width(), CV_8UC3, const_cast<uchar*>(image.rgb()));
  cv::Mat hsv, channels[3];
  cv::cvtColor(rgb, hsv, cv::COLOR_RGB2HSV);
  cv::split(hsv, channels);
  const cv::Mat strong = (channels[1] >= kColoured) | (channels[2] < kBlack);

  // What is left of a patch without its rim is its core; the rim goes to the nearest core.
  cv::Mat cores, distance, nearest;
  cv::erode(strong, cores, cv::getStructuringElement(cv::MORPH_RECT, {kNeck, kNeck}));
  cv::distanceTransform(~cores, distance, nearest, cv::DIST_L2, 5, cv::DIST_LABEL_CCOMP);
  double count = 0;
  cv::minMaxLoc(nearest, nullptr, &count);
  std::vector<cv::Rect> boxes;
  for (int patch = 1; patch <= count; ++patch) {
    boxes.push_back(cv::boundingRect(strong & (nearest == patch) & (distance < 2 * kNeck)));
  }
  std::sort(boxes.begin(), boxes.end(),
            [](const cv::Rect& a, const cv::Rect& b) { return a.area() > b.area(); });
  std::vector<fo1::Region> regions(boxes.size());
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const cv::Point first = boxes[i].tl(), end = boxes[i].br();
    regions[i].box = {double(first.x), double(first.y), double(end.x), double(end.y)};
  }
  return regions;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: own_detector MODEL IMAGE LABEL...\n";
    return 2;
  }
  try {
    const fo1::Proposer detector = fo1::Proposer::from_function("patches", patches);
    const fo1::Model model = fo1::Model::load(argv[1]);
    const fo1::Image image = fo1::Image::load(argv[2]);
    fo1::Scene scene = model.scene(image, detector.propose(image));
    const fo1::Answer answer = scene.detect({argv + 3, argv + argc});
    for (const fo1::Detection& found : answer.detections) {
      const fo1::Box& box = found.box;
      std::cout << found.label << ": " << box.x1 << " " << box.y1 << " " << box.x2 << " " << box.y2
                << ", score " << found.score << "\n";
    }
    fo1::draw_answer(image, answer, scene.regions(), "own_detector.png");
  } catch (const fo1::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
