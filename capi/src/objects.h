// What stands behind each handle.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "capi/fo1_c.h"
#include "fo1/fo1.h"

namespace fo1::capi {

struct ModelObject {
  Model model;
  bool proposes = true;            // false: scenes get no proposals on their own
  std::optional<Proposer> chosen;  // instead of the model's own

  const Proposer* proposer() const;  // null: none
};

struct SceneObject {
  explicit SceneObject(Scene made) : scene(std::move(made)) {}
  SceneObject(SceneObject&& other) noexcept  // as long as no call has it
      : model(std::move(other.model)),
        image(std::move(other.image)),
        scene(std::move(other.scene)) {}

  std::shared_ptr<const ModelObject> model;
  std::optional<Image> image;
  Scene scene;
  std::atomic_flag busy = ATOMIC_FLAG_INIT;
};

// Something that several threads get hold of by mistake must not break: each use holds the lock.
struct Locked {
  Locked() = default;
  Locked(Locked&&) noexcept {}  // as long as no call has it
  std::mutex mutex;
};

struct RegionsObject : Locked {
  explicit RegionsObject(Proposals given) : proposals(std::move(given)) {}

  Proposals proposals;
  std::string json;  // what fo1_regions_json() returned last
};

struct ResultObject {
  explicit ResultObject(Answer given) : answer(std::move(given)), json(answer.to_json()) {}
  Answer answer;
  std::string json;
};

struct AnnotationsObject : Locked {
  explicit AnnotationsObject(std::vector<std::string> classes) : labels(std::move(classes)) {}

  std::vector<std::string> labels;
  std::vector<AnnotatedImage> images;
  std::string text;  // what was written last
};

struct ReportObject {
  explicit ReportObject(Inspection given);
  Inspection inspection;
  std::string json;
  std::vector<std::string> problems;  // one line each
};

template <class Handle>
struct ObjectOf;

template <>
struct ObjectOf<fo1_model> {
  using type = ModelObject;
  static constexpr const char* name = "fo1_model";
};
template <>
struct ObjectOf<fo1_scene> {
  using type = SceneObject;
  static constexpr const char* name = "fo1_scene";
};
template <>
struct ObjectOf<fo1_result> {
  using type = ResultObject;
  static constexpr const char* name = "fo1_result";
};
template <>
struct ObjectOf<fo1_image> {
  using type = Image;
  static constexpr const char* name = "fo1_image";
};
template <>
struct ObjectOf<fo1_regions> {
  using type = RegionsObject;
  static constexpr const char* name = "fo1_regions";
};
template <>
struct ObjectOf<fo1_proposer> {
  using type = Proposer;
  static constexpr const char* name = "fo1_proposer";
};
template <>
struct ObjectOf<fo1_cancel> {
  using type = CancelToken;
  static constexpr const char* name = "fo1_cancel";
};
template <>
struct ObjectOf<fo1_annotations> {
  using type = AnnotationsObject;
  static constexpr const char* name = "fo1_annotations";
};
template <>
struct ObjectOf<fo1_report> {
  using type = ReportObject;
  static constexpr const char* name = "fo1_report";
};
template <>
struct ObjectOf<fo1_tokenizer> {
  using type = ModelTokenizer;
  static constexpr const char* name = "fo1_tokenizer";
};

}  // namespace fo1::capi
