#include "capi/src/options.h"

namespace fo1::capi {

const Proposer* ModelObject::proposer() const {
  if (!proposes) return nullptr;
  return chosen ? &*chosen : model.proposer();
}

namespace {

constexpr const char* kNone = "none";

ModelObject load(const std::string& folder, const fo1_load_options& given) {
  LoadOptions options = load_options(given);
  const TimeLimit limit = time_limit(given);
  ModelObject object{Model::load(folder, options), true, std::nullopt};
  if (!given.proposals) return object;
  options.limits = limit.remaining();
  object.proposes = given.proposals != std::string(kNone);
  if (object.proposes) object.chosen = Proposer::load(given.proposals, options, folder);
  return object;
}

}  // namespace
}  // namespace fo1::capi

using namespace fo1;
using namespace fo1::capi;

extern "C" {

fo1_status fo1_model_load(fo1_model** out, const char* folder, const fo1_load_options* options) {
  return create(out, [&] { return load(required(folder, "folder"), read_options(options)); });
}

const char* fo1_model_folder(const fo1_model* model) {
  return value_or(static_cast<const char*>(nullptr),
                  [&] { return object_of(model)->model.folder().c_str(); });
}

int32_t fo1_model_has_regions(const fo1_model* model) {
  return value_or(int32_t{0}, [&] { return int32_t{object_of(model)->model.has_regions()}; });
}

int64_t fo1_model_region_limit(const fo1_model* model) {
  return value_or(int64_t{0}, [&] { return object_of(model)->model.region_limit(); });
}

fo1_status fo1_model_proposer(fo1_proposer** out, const fo1_model* model) {
  return create(out, [&] {
    const auto object = object_of(model);
    if (const Proposer* proposer = object->proposer()) return *proposer;
    throw Error(ErrorCode::kNotFound, object->model.folder() + ": no proposal network");
  });
}

void fo1_model_free(fo1_model* model) {
  release(model);
}

}  // extern "C"
