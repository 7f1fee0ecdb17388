#include "train/lesson_views.h"

#include <ATen/ATen.h>

#include <map>
#include <utility>

#include "image/boxes.h"

namespace fo1::train {
namespace {

using Sides = std::pair<std::int64_t, std::int64_t>;

Sides sides(Size size) {
  return {size.width, size.height};
}

std::int64_t count_of(const View& view) {
  return static_cast<std::int64_t>(view.boxes.size());
}

// `places`: of views of one size for either encoder, all with boxes.
void encode_regions(Fo1Model& model, const std::vector<const View*>& views,
                    const std::vector<std::size_t>& places, std::vector<EncodedView>& encoded,
                    const Run& run) {
  std::vector<const EncodedImage*> images;
  std::vector<std::vector<Box>> boxes;
  std::vector<std::int64_t> counts;
  for (const std::size_t place : places) {
    images.push_back(&encoded[place].image);
    boxes.push_back(views[place]->boxes);
    counts.push_back(count_of(*views[place]));
  }
  const std::vector<at::Tensor> tokens =
      model.encode_regions(images, boxes, run).split_with_sizes(counts);
  for (std::size_t i = 0; i < places.size(); ++i) encoded[places[i]].regions = tokens[i];
}

}  // namespace

std::vector<View> views_of(const std::vector<Message>& messages,
                           const std::vector<std::int64_t>& regions, const ImageConfig& config) {
  using Parts = std::vector<std::variant<TextPart, ImagePart>>;
  std::vector<View> views;
  for (std::size_t m = 0; m < regions.size(); ++m) {
    const std::size_t first = views.size();
    if (const auto* parts = std::get_if<Parts>(&messages[m].content)) {
      for (const auto& part : *parts) {
        const auto* shown = std::get_if<ImagePart>(&part);
        if (shown) views.push_back({prepare_image(shown->image, config), {}});
      }
    }
    if (regions[m] == 0) continue;
    std::vector<Box> boxes = boxes_of(messages[m].regions);
    require_finite(boxes);
    boxes.resize(static_cast<std::size_t>(regions[m]));
    views.at(first).boxes = std::move(boxes);
  }
  return views;
}

void pin(std::vector<View>& views) {
  for (View& view : views) {
    view.image.primary.patches = view.image.primary.patches.pin_memory();
    view.image.auxiliary = view.image.auxiliary.pin_memory();
  }
}

std::vector<Size> grids_of(const std::vector<View>& views, std::int64_t merge) {
  std::vector<Size> grids;
  for (const View& view : views) {
    const PrimaryPixels& pixels = view.image.primary;
    grids.push_back({pixels.grid_w / merge, pixels.grid_h / merge});
  }
  return grids;
}

std::vector<EncodedView> encode_views(Fo1Model& model, const std::vector<const View*>& views,
                                      const Run& run) {
  std::map<Sides, std::vector<std::size_t>> of_size;
  for (std::size_t v = 0; v < views.size(); ++v) {
    of_size[sides(views[v]->image.primary.size())].push_back(v);
  }
  std::vector<EncodedView> encoded(views.size());
  for (const auto& [size, places] : of_size) {
    std::vector<PreparedImage> images;
    for (const std::size_t place : places) images.push_back(views[place]->image);
    std::vector<EncodedImage> of_places = model.encode_images(std::move(images), run);
    // Where the auxiliary encoder's pictures keep their shapes, those of one primary size differ.
    std::map<Sides, std::vector<std::size_t>> with_boxes;
    for (std::size_t i = 0; i < places.size(); ++i) {
      const std::size_t place = places[i];
      encoded[place].image = std::move(of_places[i]);
      if (views[place]->boxes.empty()) continue;
      with_boxes[sides(views[place]->image.auxiliary_size())].push_back(place);
    }
    for (const auto& same : with_boxes) {
      encode_regions(model, views, same.second, encoded, run);
    }
  }
  return encoded;
}

}  // namespace fo1::train
