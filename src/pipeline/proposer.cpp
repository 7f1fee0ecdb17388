#include "fo1/proposer.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "base/profile.h"
#include "image/boxes.h"
#include "pipeline/conversation.h"
#include "pipeline/guard.h"
#include "pipeline/model_impl.h"
#include "pipeline/proposer_impl.h"
#include "proposal/tiles.h"
#include "vlm/own_proposals.h"

namespace fo1 {
namespace {

constexpr double kMostOverlap = 0.9;
constexpr std::int64_t kLeastTile = 32;
constexpr std::size_t kMostPieces = 4096;
constexpr double kSameBox = 0.8;  // overlap, where a proposer has no limit of its own

void check_fraction(const char* name, const std::optional<double>& value) {
  if (value && !(*value >= 0 && *value <= 1)) {
    fail(ErrorCode::kInvalidArgument, name, ": expected 0 to 1, got ", *value);
  }
}

void check(const ProposeOptions& options) {
  check_fraction("min_score", options.min_score);
  check_fraction("max_iou", options.max_iou);
  if (options.most && *options.most < 0) {
    fail(ErrorCode::kInvalidArgument, "most: expected 0 or more, got ", *options.most);
  }
  if (!(options.min_side >= 0) || std::isinf(options.min_side)) {
    fail(ErrorCode::kInvalidArgument, "min_side: expected 0 or more, got ", options.min_side);
  }
  const Tiling& tiling = options.tiling;
  if (tiling.side != 0 && tiling.side < kLeastTile) {
    fail(ErrorCode::kInvalidArgument, "tiling.side: expected 0 or at least ", kLeastTile,
         " pixels, got ", tiling.side);
  }
  if (!(tiling.overlap >= 0 && tiling.overlap <= kMostOverlap)) {
    fail(ErrorCode::kInvalidArgument, "tiling.overlap: expected 0 to ", kMostOverlap, ", got ",
         tiling.overlap);
  }
}

Selection selection_of(const RegionSource& source, const ProposeOptions& options) {
  Selection selection = source.selection(options);
  selection.min_score = options.min_score.value_or(selection.min_score);
  // Pieces show the same things twice.
  if (options.tiling.side > 0 && selection.max_iou <= 0) selection.max_iou = kSameBox;
  selection.max_iou = options.max_iou.value_or(selection.max_iou);
  selection.most = options.most.value_or(selection.most);
  selection.min_side = std::max(selection.min_side, options.min_side);
  return selection;
}

Image piece_of(const Image& image, const TileRect& rect) {
  ImageView view;
  view.stride = std::ptrdiff_t{image.width()} * 3;
  view.data = image.rgb() + rect.top * view.stride + rect.left * 3;
  view.width = static_cast<std::int32_t>(rect.size.width);
  view.height = static_cast<std::int32_t>(rect.size.height);
  return Image::from_pixels(view);
}

// The boxes of a piece that it did not cut, in pixels of the picture.
Candidates moved_to_picture(const Candidates& found, const TileRect& rect, Size picture) {
  const at::Tensor boxes = found.boxes.contiguous();
  std::vector<std::int64_t> whole;
  for (std::int64_t i = 0; i < boxes.size(0); ++i) {
    if (!is_cut(rect, picture, boxes.const_data_ptr<float>() + 4 * i)) whole.push_back(i);
  }
  const at::Tensor index = at::tensor(whole, at::kLong);
  const auto left = static_cast<float>(rect.left), top = static_cast<float>(rect.top);
  return {boxes.index_select(0, index) + at::tensor({left, top, left, top}),
          found.scores.index_select(0, index),
          found.labels.defined() ? found.labels.index_select(0, index) : at::Tensor()};
}

std::vector<Region> regions_of(const Candidates& kept, const RegionSource::Search& search) {
  const at::Tensor boxes = kept.boxes.contiguous(), scores = kept.scores.contiguous();
  std::vector<Region> regions;
  for (std::int64_t i = 0; i < boxes.size(0); ++i) {
    const float* box = boxes.const_data_ptr<float>() + 4 * i;
    Region region;
    region.box = {box[0], box[1], box[2], box[3]};
    if (search.scored) region.score = scores.const_data_ptr<float>()[i];
    if (kept.labels.defined() && !search.labels.empty()) {
      region.label = search.labels[static_cast<std::size_t>(kept.labels[i].item<std::int64_t>())];
    }
    regions.push_back(std::move(region));
  }
  return regions;
}

std::vector<TileRect> pieces_of(Size picture, const Tiling& tiling) {
  if (tiling.side == 0) return {};
  std::vector<TileRect> rects = tile_rects(picture, tiling.side, tiling.overlap);
  if (rects.size() > kMostPieces) {
    fail(ErrorCode::kInvalidArgument, "tiling: ", rects.size(), " pieces of ", tiling.side,
         " pixels, expected at most ", kMostPieces);
  }
  return rects;
}

// A box this sure is worth comparing with the others of all pieces.
Candidates good_enough(const Candidates& found, Size picture, Selection selection) {
  selection.max_iou = 0;
  selection.most = 0;
  selection.clip = false;
  return select(found, picture, selection);
}

std::vector<Region> find_regions(const RegionSource& source, const Image& image,
                                 const ProposeOptions& options) {
  const Control control(options.limits);
  const Size picture{image.width(), image.height()};
  const Selection selection = selection_of(source, options);
  const std::vector<TileRect> pieces = pieces_of(picture, options.tiling);
  control.step("propose");
  const std::unique_ptr<RegionSource::Search> search = source.start(options, control);
  std::vector<Candidates> found = {search->find(image, control)};
  for (const TileRect& rect : pieces) {
    const Candidates in_piece = search->find(piece_of(image, rect), control);
    found.push_back(good_enough(moved_to_picture(in_piece, rect, picture), picture, selection));
  }
  return regions_of(select(join(found), picture, selection), *search);
}

struct Choice {
  std::string name, folder;  // an empty name: as the folder says
};

// The network of this name that a model folder brings along.
std::string own_folder(const std::string& model_folder, const std::string& name) {
  if (model_folder.empty()) {
    fail(ErrorCode::kInvalidArgument, "proposals: expected NAME:FOLDER, got ", quoted(name),
         " and no model folder");
  }
  if (const std::optional<std::string> own = own_proposals(model_folder, name)) return *own;
  fail(ErrorCode::kNotFound, model_folder, ": no proposal network", name.empty() ? "" : " " + name,
       " in its folder proposals; name one as NAME:FOLDER");
}

Choice read_choice(const std::string& choice, const std::string& model_folder) {
  if (choice.empty()) return {"", own_folder(model_folder, "")};
  for (const std::string name : kNetworkNames) {
    if (choice == name) return {name, own_folder(model_folder, name)};
    if (choice.starts_with(name + ":")) return {name, choice.substr(name.size() + 1)};
  }
  const std::size_t colon = choice.find(':');
  if (colon != std::string::npos && !std::filesystem::exists(choice)) {
    fail(ErrorCode::kInvalidArgument, "proposals: no network is called ",
         quoted(choice.substr(0, colon)), "; there are opn and upn");
  }
  return {"", choice};
}

}  // namespace

std::shared_ptr<const Proposer::Impl> load_proposer(const std::string& name,
                                                    const std::string& folder,
                                                    const Placement& placement) {
  auto impl = std::make_shared<Proposer::Impl>();
  std::unique_ptr<NetworkProposer> network = NetworkProposer::load(folder, placement);
  impl->name = network->name();
  if (!name.empty() && name != impl->name) {
    fail(ErrorCode::kInvalidArgument, folder, ": expected ", name, ", but this is ", impl->name);
  }
  impl->source = network_source(std::move(network));
  return impl;
}

Proposer::Proposer(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Proposer Proposer::load(const std::string& choice, const LoadOptions& options,
                        const std::string& model_folder) {
  return guarded([&] {
    Control(options.limits).step("load");
    const auto [name, folder] = read_choice(choice, model_folder);
    return Proposer(load_proposer(name, folder, prepare(options)));
  });
}

Proposer Proposer::from_function(std::string name, ProposeFunction function) {
  return guarded([&] {
    if (name.empty() || name == Proposals(std::vector<Region>{}).source) {
      fail(ErrorCode::kInvalidArgument, "a proposer's name: expected neither nothing nor ",
           quoted(Proposals(std::vector<Region>{}).source), ", got ", quoted(name));
    }
    auto impl = std::make_shared<Impl>();
    impl->name = name;
    impl->source = function_source(std::move(name), std::move(function));
    return Proposer(std::move(impl));
  });
}

Proposals Proposer::propose(const Image& image, const ProposeOptions& options) const {
  return guarded([&] {
    const at::NoGradGuard no_grad;
    check(options);
    Profile profile;
    Proposals proposals;
    {
      const Profile::Timer timer(profile, "propose");
      proposals = {find_regions(*impl_->source, image, options), impl_->name};
    }
    proposals.timings_ms = profile.timings();
    return proposals;
  });
}

const std::string& Proposer::name() const {
  return impl_->name;
}
bool Proposer::reads_labels() const {
  return impl_->source->reads_labels();
}
const std::vector<std::string>& Proposer::prompts() const {
  return impl_->source->prompts();
}
void Proposer::save_wording() const {
  guarded([&] {
    const at::NoGradGuard no_grad;
    impl_->source->save_wording();
  });
}

}  // namespace fo1
