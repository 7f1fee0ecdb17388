#include "capi/src/scene_use.h"

namespace fo1::capi {

template <>
struct StructOf<fo1_stage_counts> {
  static constexpr const char* name = "fo1_stage_counts";
  static constexpr std::size_t smallest = sizeof(fo1_stage_counts);
};

SceneUse::SceneUse(const fo1_scene* handle) : object_(object_of(handle)) {
  if (object_->busy.test_and_set()) {
    refuse("fo1_scene: in use by another call; a scene is for one thread at a time");
  }
}

SceneUse::~SceneUse() {
  object_->busy.clear();
}

namespace {

constexpr double kMaxIou = 0.8;  // between the caller's boxes and those that were found

enum class When { kIfNone = FO1_PROPOSE_IF_NONE, kAlso = FO1_PROPOSE_ALSO, kNever };

When when_of(std::int32_t value) {
  if (value >= FO1_PROPOSE_IF_NONE && value <= FO1_PROPOSE_NEVER) return static_cast<When>(value);
  refuse("propose: expected FO1_PROPOSE_IF_NONE, _ALSO or _NEVER, got " + std::to_string(value));
}

ProposeOptions how_to_propose(const fo1_propose_options* given, const Limits& limits) {
  fo1_propose_options options = read_options(given);
  options.deadline_seconds = 0;
  options.cancel = nullptr;
  options.on_progress = nullptr;
  ProposeOptions result = propose_options(options);
  result.limits = limits;
  return result;
}

// What the scene is to hold: the caller's list, what a proposer finds, or both.
Proposals find_regions(const ModelObject& model, const Image& image, const fo1_regions* given,
                       const fo1_scene_options& options, const Limits& limits) {
  // All is looked at, needed or not: what is wrong comes out at the first call.
  std::optional<Proposals> own;
  if (given) own = LockedObject(given)->proposals;
  std::optional<Proposer> other;
  if (options.proposer) other = *object_of(options.proposer);
  const ProposeOptions how = how_to_propose(options.propose_options, limits);
  const When when = when_of(options.propose);
  if (when == When::kNever || (own && when == When::kIfNone)) return own.value_or(Proposals());

  const Proposer* proposer = other ? &*other : model.proposer();
  if (!proposer) return own.value_or(Proposals());
  Proposals found = proposer->propose(image, how);
  if (!own) return found;
  return unite({std::move(*own), std::move(found)}, how.max_iou.value_or(kMaxIou),
               how.most.value_or(model.model.region_limit()));
}

SceneObject make_scene(std::shared_ptr<const ModelObject> model, const Image& image,
                       const fo1_regions* regions, const fo1_scene_options& options) {
  const TimeLimit limit = time_limit(options);
  Proposals proposals = find_regions(*model, image, regions, options, limit.remaining());
  SceneObject object(model->model.scene(image, std::move(proposals), limit.remaining()));
  object.model = std::move(model);
  object.image = image;
  return object;
}

void set_regions(SceneObject& object, const fo1_regions* regions,
                 const fo1_scene_options& options) {
  const TimeLimit limit = time_limit(options);
  Proposals proposals =
      find_regions(*object.model, *object.image, regions, options, limit.remaining());
  object.scene.set_regions(std::move(proposals), limit.remaining());
}

fo1_stage_counts view_of(const StageCounts& counts) {
  fo1_stage_counts view{};
  view.encode_primary = counts.encode_primary;
  view.encode_auxiliary = counts.encode_auxiliary;
  view.encode_regions = counts.encode_regions;
  view.prefill_prefix = counts.prefill_prefix;
  view.prefill_question = counts.prefill_question;
  return view;
}

}  // namespace
}  // namespace fo1::capi

using namespace fo1;
using namespace fo1::capi;

extern "C" {

fo1_status fo1_scene_create(fo1_scene** out, const fo1_model* model, const fo1_image* image,
                            const fo1_regions* regions, const fo1_scene_options* options) {
  return create(out, [&] {
    auto object = object_of(model);
    const auto picture = object_of(image);
    return make_scene(std::move(object), *picture, regions, read_options(options));
  });
}

fo1_status fo1_scene_set_regions(fo1_scene* scene, const fo1_regions* regions,
                                 const fo1_scene_options* options) {
  return guard([&] {
    const SceneUse use(scene);
    set_regions(use.object(), regions, read_options(options));
  });
}

fo1_status fo1_scene_regions(fo1_regions** out, const fo1_scene* scene) {
  return create(out, [&] {
    const SceneUse use(scene);
    return RegionsObject(use.object().scene.proposals());
  });
}

fo1_status fo1_scene_stage_counts(fo1_stage_counts* out, const fo1_scene* scene) {
  return guard([&] {
    const SceneUse use(scene);
    write_struct(out, view_of(use.object().scene.stage_counts()));
  });
}

void fo1_scene_free(fo1_scene* scene) {
  release(scene);
}

}  // extern "C"
