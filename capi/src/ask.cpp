#include "capi/src/scene_use.h"

namespace fo1::capi {
namespace {

fo1_status ask(fo1_result** out, fo1_scene* scene, const fo1_ask_options* options,
               const auto& question) noexcept {
  return create(out, [&] {
    const SceneUse use(scene);
    return ResultObject(use.object().scene.ask(question(), ask_options(read_options(options))));
  });
}

std::vector<Message> messages_of(const char* json, const char* root) {
  return messages_from_json(required(json, "messages_json"), "messages_json", text_or(root, ""));
}

}  // namespace
}  // namespace fo1::capi

using namespace fo1;
using namespace fo1::capi;

extern "C" {

fo1_status fo1_detect(fo1_result** out, fo1_scene* scene, const char* const* labels,
                      size_t label_count, const fo1_ask_options* options) {
  return ask(out, scene, options, [&] {
    return Question{"detect", texts_of(labels, label_count, "labels"), {}};
  });
}

fo1_status fo1_ground(fo1_result** out, fo1_scene* scene, const char* phrase,
                      const fo1_ask_options* options) {
  return ask(out, scene, options, [&] {
    return Question{"ground", {required(phrase, "phrase")}, {}};
  });
}

fo1_status fo1_count(fo1_result** out, fo1_scene* scene, const char* name,
                     const fo1_ask_options* options) {
  return ask(out, scene, options, [&] { return Question{"count", {required(name, "name")}, {}}; });
}

fo1_status fo1_ocr(fo1_result** out, fo1_scene* scene, const int64_t* regions, size_t region_count,
                   const fo1_ask_options* options) {
  return ask(out, scene, options, [&] {
    return Question{"ocr", {}, indexes_of(regions, region_count, "regions")};
  });
}

fo1_status fo1_run(fo1_result** out, fo1_scene* scene, const char* task, const char* const* query,
                   size_t query_count, const int64_t* regions, size_t region_count,
                   const fo1_ask_options* options) {
  return ask(out, scene, options, [&] {
    return Question{required(task, "task"), texts_of(query, query_count, "query"),
                    indexes_of(regions, region_count, "regions")};
  });
}

fo1_status fo1_chat(fo1_result** out, const fo1_model* model, const char* messages_json,
                    const char* root, const fo1_ask_options* options) {
  return create(out, [&] {
    return ResultObject(object_of(model)->model.chat(messages_of(messages_json, root),
                                                     ask_options(read_options(options))));
  });
}

fo1_status fo1_trace(fo1_result** out, const fo1_model* model, const char* messages_json,
                     const char* root, const char* path, const fo1_ask_options* options) {
  return create(out, [&] {
    return ResultObject(object_of(model)->model.trace(messages_of(messages_json, root),
                                                      required(path, "path"),
                                                      ask_options(read_options(options))));
  });
}

}  // extern "C"
