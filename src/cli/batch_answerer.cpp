#include "cli/batch_answerer.h"

#include "fo1/error.h"
#include "fo1/input_json.h"

namespace fo1::cli {

Answer BatchAnswerer::answer(const Request& request) {
  try {
    return ask(request);
  } catch (const Error& error) {
    // What the scene holds may be what there was no memory for.
    if (error.code() == ErrorCode::kOutOfMemory || error.code() == ErrorCode::kInternal) {
      kept_.reset();
    }
    throw;
  }
}

Answer BatchAnswerer::ask(const Request& request) {
  const TimeLimit limit(generation_.deadline_seconds, CancelToken());
  Generation generation = generation_;
  if (request.max_new_tokens > 0) generation.max_new_tokens = request.max_new_tokens;
  if (request.question.task == "chat") {
    const std::vector<Message> messages =
        messages_from_json(request.messages, request.where, request.root);
    return model_.chat(messages, ask_options(generation, limit.remaining()));
  }
  Scene& scene = scene_for(request, limit);
  return scene.ask(request.question, ask_options(generation, limit.remaining()));
}

Scene& BatchAnswerer::scene_for(const Request& request, const TimeLimit& limit) {
  std::vector<Region> regions;
  if (!request.boxes.empty()) regions = regions_from_json(request.boxes, request.boxes_where);
  if (kept_ && kept_->image == request.image) {
    if (kept_->boxes != request.boxes) {
      kept_->scene.set_regions(std::move(regions), limit.remaining());
      kept_->boxes = request.boxes;
    }
    return kept_->scene;
  }
  kept_.reset();  // two scenes need not fit into memory
  const Image image = Image::load(request.image);
  kept_.emplace(Kept{request.image, request.boxes,
                     model_.scene(image, std::move(regions), limit.remaining())});
  return kept_->scene;
}

}  // namespace fo1::cli
