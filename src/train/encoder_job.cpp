#include "train/encoder_job.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <random>

#include "base/error.h"
#include "fo1/types.h"
#include "ops/nms.h"
#include "train/lesson_views.h"

namespace fo1::train {
namespace {

constexpr double kMostMoved = 0.1;  // of a box's sides, by which its corners are moved
constexpr double kMostCommon =
    0.4;  // intersection over union of a box of nothing with one of something
constexpr double kLeastPart = 0.3;  // of a side, that a part of something has
constexpr double kLeastSide = 8;    // pixels
constexpr int kTries = 20;

struct PreparedPlaces : Prepared {
  View view;
  NamingTargets cells, regions;
  at::Tensor places;  // of the regions
};

using Random = std::mt19937_64;

double between(double low, double high, Random& random) {
  return std::uniform_real_distribution<double>(low, std::max(low, high))(random);
}

// As a proposal network would put it.
Box moved(const Box& box, Random& random) {
  const double width = box.x2 - box.x1, height = box.y2 - box.y1;
  const auto step = [&](double side) { return between(-kMostMoved, kMostMoved, random) * side; };
  return {box.x1 + step(width), box.y1 + step(height), box.x2 + step(width), box.y2 + step(height)};
}

// A part of something or more than it, or anywhere.
Box any_box(const std::vector<Box>& boxes, Size picture, Random& random) {
  const auto width = static_cast<double>(picture.width);
  const auto height = static_cast<double>(picture.height);
  Box of{0, 0, width, height};
  const bool is_part = random() % 2 == 0;
  if (is_part) of = boxes[random() % boxes.size()];
  const double part = is_part ? kLeastPart : 0;
  const double w = between(part, 1, random) * (of.x2 - of.x1);
  const double h = between(part, 1, random) * (of.y2 - of.y1);
  const double out = is_part ? 0.5 : 0;  // of its sides, that it may lie outside
  const double x = between(of.x1 - out * w, of.x2 - (1 - out) * w, random);
  const double y = between(of.y1 - out * h, of.y2 - (1 - out) * h, random);
  return {std::max(x, 0.0), std::max(y, 0.0), std::min(x + w, width), std::min(y + h, height)};
}

// One for each box where room is found.
std::vector<Box> boxes_of_nothing(const std::vector<Box>& boxes, Size picture, Random& random) {
  std::vector<Box> found;
  for (int t = 0; t < kTries && found.size() < boxes.size(); ++t) {
    for (std::size_t b = found.size(); b < boxes.size(); ++b) {
      const Box box = any_box(boxes, picture, random);
      if (std::min(box.x2 - box.x1, box.y2 - box.y1) < kLeastSide) continue;
      const auto is_it = [&](const Box& other) {
        return intersection_over_union(box, other) > kMostCommon;
      };
      if (std::ranges::none_of(boxes, is_it)) found.push_back(box);
    }
  }
  return found;
}

// As they stand in a sentence.
NameSpelling spell(const std::vector<std::string>& names, const Tokenizer& tokenizer) {
  std::vector<std::int64_t> rows, owners;
  for (std::size_t n = 0; n < names.size(); ++n) {
    const auto ids = tokenizer.encode(" " + names[n]);
    rows.insert(rows.end(), ids.begin(), ids.end());
    owners.insert(owners.end(), ids.size(), static_cast<std::int64_t>(n));
  }
  return {at::tensor(rows, at::kLong), at::tensor(owners, at::kLong),
          static_cast<std::int64_t>(names.size())};
}

void send(NamingTargets& targets, at::Device device) {
  for (at::Tensor* each : {&targets.kinds, &targets.letters, &targets.weights}) {
    *each = each->to(device, /*non_blocking=*/true);
  }
}

}  // namespace

EncoderJob::EncoderJob(const TrainConfig& config) : ModelJob(config), seed_(config.seed) {
  for (const std::string& path : config.data) {
    for (BoxSample& sample : read_coco_boxes(path)) {
      const auto is_named = [](const std::string& kind) { return !kind.empty(); };
      if (std::ranges::any_of(sample.kinds, is_named)) samples_.push_back(std::move(sample));
    }
  }
  if (samples_.empty()) {
    fail(ErrorCode::kInvalidArgument, config.data.front(),
         ": no box with a category to learn from");
  }
  words_ = std::make_unique<NamingWords>(samples_);
  names_ = spell(words_->names(), model().tokenizer());
  names_.rows = names_.rows.to(device());
  names_.names = names_.names.to(device());
  const std::int64_t width = model().config().language.dim;
  const auto options = at::TensorOptions().device(device()).dtype(at::kFloat);
  of_cells_ = NamingHead(width, *words_, options);
  of_regions_ = NamingHead(width, *words_, options);
  of_places_ = PlacingHead(width, options);
  const auto heads = std::make_shared<torch::nn::Module>("heads");
  heads->register_module("cells", of_cells_);
  heads->register_module("regions", of_regions_);
  heads->register_module("places", of_places_);
  add(heads);
}

std::int64_t EncoderJob::shape(std::int64_t index) const {
  return shape_of(samples_[static_cast<std::size_t>(index)].image);
}

std::unique_ptr<Prepared> EncoderJob::prepare(std::int64_t index, std::int64_t turn) const {
  const BoxSample& sample = samples_[static_cast<std::size_t>(index)];
  const VlmConfig& config = model().config();
  auto places = std::make_unique<PreparedPlaces>();
  View& view = places->view;
  view.image = prepare_image(Image::load(sample.image), config.image);
  const PrimaryPixels& pixels = view.image.primary;
  const Size grid = {pixels.grid_w / model().merge(), pixels.grid_h / model().merge()};
  places->cells = name_cells(sample, view.image.file, grid, *words_);
  if (config.has_regions) {
    std::seed_seq seeds{seed_, static_cast<std::uint64_t>(turn), static_cast<std::uint64_t>(index)};
    Random random(seeds);
    for (const Box& box : sample.boxes) view.boxes.push_back(moved(box, random));
    const auto nothing = boxes_of_nothing(sample.boxes, view.image.file, random);
    view.boxes.insert(view.boxes.end(), nothing.begin(), nothing.end());
    places->regions = name_boxes(sample, static_cast<std::int64_t>(nothing.size()), *words_);
    places->places = places_of(view.boxes, view.image.file);
  }
  return places;
}

Losses EncoderJob::loss(std::span<const std::unique_ptr<Prepared>> samples) {
  std::vector<const View*> views;
  std::vector<NamingTargets> cells, regions;
  std::vector<at::Tensor> where;
  for (const auto& sample : samples) {
    const auto& places = static_cast<const PreparedPlaces&>(*sample);
    views.push_back(&places.view);
    cells.push_back(places.cells);
    if (places.view.boxes.empty()) continue;
    regions.push_back(places.regions);
    where.push_back(places.places);
  }
  Profile profile;
  const Run run{Control::unlimited(), profile};
  std::vector<at::Tensor> of_cells, of_regions;
  for (const EncodedView& view : encode_views(model(), views, run)) {
    of_cells.push_back(view.image.tokens);
    if (view.regions.defined()) of_regions.push_back(view.regions);
  }
  const at::Tensor names =
      names_.directions(model().decoder().model->embed_tokens->weight.detach());
  Losses losses;
  const auto add_loss = [&](const char* place, NamingHead& head, const at::Tensor& tokens,
                            NamingTargets targets) {
    send(targets, device());
    const NamingLoss loss = head->loss(tokens, targets, names);
    const at::Tensor both = loss.kinds + loss.letters;
    losses.total = losses.total.defined() ? losses.total + both : both;
    losses.parts.emplace_back(cat(place, "_kinds"), loss.right_kinds);
    losses.parts.emplace_back(cat(place, "_letters"), loss.right_letters);
  };
  add_loss("cells", of_cells_, at::cat(of_cells), join(cells));
  if (of_regions.empty()) return losses;
  const at::Tensor tokens = at::cat(of_regions);
  add_loss("regions", of_regions_, tokens, join(regions));
  const PlacingLoss placing = of_places_->loss(tokens, at::cat(where).to(device()));
  losses.total = losses.total + placing.total;
  losses.parts.emplace_back("regions_off", placing.off);
  return losses;
}

}  // namespace fo1::train
