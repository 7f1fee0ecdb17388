#include "base/error.h"
#include "encoder/davit.h"
#include "encoder/encoder.h"
#include "encoder/qwen_vit.h"

namespace fo1 {
namespace {

template <class Encoder>
struct Row {
  const char* kind;  // occurs in the config's name of the tower
  std::shared_ptr<Encoder> (*make)(const JsonView& config, const Placement& placement);
};

std::shared_ptr<PrimaryEncoder> make_qwen_vit(const JsonView& config, const Placement& placement) {
  return std::make_shared<QwenVit>(qwen_vit_config_from(config), placement.options());
}

std::shared_ptr<AuxiliaryEncoder> make_davit(const JsonView& config, const Placement& placement) {
  return std::make_shared<DaVit>(davit_config_from(config), placement.options());
}

// A new backbone is one row here.
constexpr Row<PrimaryEncoder> kPrimary[] = {{"qwen2_5_vl", make_qwen_vit}};
constexpr Row<AuxiliaryEncoder> kAuxiliary[] = {{"davit", make_davit}};

template <class Encoder, std::size_t N>
std::shared_ptr<Encoder> make(const Row<Encoder> (&table)[N], const std::string& name,
                              const std::string& key, const JsonView& config,
                              const Placement& placement) {
  std::string known;
  for (const auto& row : table) {
    if (name.find(row.kind) != std::string::npos) return row.make(config, placement);
    known += (known.empty() ? "" : ", ") + std::string(row.kind);
  }
  fail(ErrorCode::kUnsupported, config.where(), ": ", key, " ", quoted(name),
       " is not an encoder this library has; known: ", known);
}

}  // namespace

std::shared_ptr<PrimaryEncoder> make_primary_encoder(const JsonView& config,
                                                     const Placement& placement) {
  const std::string kind =
      config.has("vision_config")
          ? config.at("vision_config").get_or<std::string>("model_type", "qwen2_5_vl")
          : "qwen2_5_vl";
  return make(kPrimary, kind, "vision_config.model_type", config, placement);
}

std::shared_ptr<AuxiliaryEncoder> make_auxiliary_encoder(const JsonView& config,
                                                         const Placement& placement) {
  const auto name = config.get_or<std::string>("mm_vision_tower_aux", "davit-large");
  return make(kAuxiliary, name, "mm_vision_tower_aux", config, placement);
}

}  // namespace fo1
