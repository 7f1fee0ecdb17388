#include <cmath>
#include <limits>

#include "capi/src/handles.h"
#include "capi/src/structs.h"
#include "capi/src/utf8.h"

namespace fo1::capi {

template <>
struct StructOf<fo1_region> {
  static constexpr const char* name = "fo1_region";
  static constexpr std::size_t smallest = sizeof(fo1_region);
};

namespace {

std::string at_index(const char* name, std::size_t index) {
  return std::string(name) + '[' + std::to_string(index) + "]: ";
}

Box box_at(const double* boxes, std::size_t index) {
  const double* corner = boxes + 4 * index;
  for (int i = 0; i < 4; ++i) {
    if (std::isfinite(corner[i])) continue;
    refuse(at_index("boxes", 4 * index + static_cast<std::size_t>(i)) +
           "expected a finite number, got " + std::to_string(corner[i]));
  }
  return {corner[0], corner[1], corner[2], corner[3]};
}

std::optional<double> score_at(const double* scores, std::size_t index) {
  if (!scores || std::isnan(scores[index])) return std::nullopt;
  if (scores[index] >= 0 && scores[index] <= 1) return scores[index];
  refuse(at_index("scores", index) + "expected 0 to 1 or NaN, got " +
         std::to_string(scores[index]));
}

// All of them or, on an error, none.
void append(RegionsObject& list, std::size_t count, const double* boxes, const double* scores,
            const char* const* labels) {
  std::vector<Region> added;
  for (std::size_t i = 0; i < count; ++i) {
    const char* label = labels ? labels[i] : nullptr;
    added.push_back({box_at(boxes, i), score_at(scores, i),
                     label ? utf8_text(label, "labels[" + std::to_string(i) + ']') : ""});
  }
  std::vector<Region>& regions = list.proposals.regions;
  regions.insert(regions.end(), std::make_move_iterator(added.begin()),
                 std::make_move_iterator(added.end()));
}

fo1_region view_of(const Region& region) {
  fo1_region view{};
  view.box[0] = region.box.x1;
  view.box[1] = region.box.y1;
  view.box[2] = region.box.x2;
  view.box[3] = region.box.y2;
  view.score = region.score.value_or(std::numeric_limits<double>::quiet_NaN());
  view.label = region.label.c_str();
  return view;
}

Proposals united(const fo1_regions* const* lists, std::size_t count, double max_iou,
                 std::int64_t most) {
  check_array(lists, count, "lists");
  std::vector<Proposals> parts;
  for (std::size_t i = 0; i < count; ++i) parts.push_back(LockedObject(lists[i])->proposals);
  return unite(parts, max_iou, most);
}

}  // namespace
}  // namespace fo1::capi

using namespace fo1;
using namespace fo1::capi;

extern "C" {

fo1_status fo1_regions_create(fo1_regions** out) {
  return create(out, [] { return RegionsObject(Proposals(std::vector<Region>{})); });
}

fo1_status fo1_regions_add(fo1_regions* regions, size_t count, const double* boxes,
                           const double* scores, const char* const* labels) {
  return guard([&] {
    const LockedObject list(regions);
    check_array(boxes, count, "boxes");
    append(*list, count, boxes, scores, labels);
  });
}

fo1_status fo1_regions_from_json(fo1_regions** out, const char* json) {
  return create(out, [&] {
    return RegionsObject(Proposals(regions_from_json(required(json, "json"), "json")));
  });
}

fo1_status fo1_regions_unite(fo1_regions** out, const fo1_regions* const* lists, size_t count,
                             double max_iou, int64_t most) {
  return create(out, [&] { return RegionsObject(united(lists, count, max_iou, most)); });
}

size_t fo1_regions_count(const fo1_regions* regions) {
  return value_or(size_t{0}, [&] { return LockedObject(regions)->proposals.regions.size(); });
}

fo1_status fo1_regions_get(fo1_region* out, const fo1_regions* regions, size_t index) {
  return guard([&] {
    write_struct(out, view_of(item(LockedObject(regions)->proposals.regions, index, "regions")));
  });
}

const char* fo1_regions_source(const fo1_regions* regions) {
  return value_or(static_cast<const char*>(nullptr),
                  [&] { return LockedObject(regions)->proposals.source.c_str(); });
}

const char* fo1_regions_json(fo1_regions* regions, const fo1_image* image) {
  return value_or(static_cast<const char*>(nullptr), [&] {
    const auto picture = object_of(image);
    const LockedObject list(regions);
    list->json = proposals_to_json(*picture, list->proposals);
    return list->json.c_str();
  });
}

fo1_status fo1_regions_draw(const fo1_regions* regions, const fo1_image* image, const char* path) {
  return guard([&] {
    const auto picture = object_of(image);
    draw_regions(*picture, LockedObject(regions)->proposals.regions, required(path, "path"));
  });
}

void fo1_regions_free(fo1_regions* regions) {
  release(regions);
}

}  // extern "C"
