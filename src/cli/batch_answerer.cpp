#include "cli/batch_answerer.h"

#include "cli/image_task.h"
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
  AskOptions options = ask_options(generation, limit.remaining());
  options.all_regions = finder_.all_regions();
  return scene.ask(request.question, options);
}

std::vector<std::string> BatchAnswerer::named_in(const Request& request) const {
  const bool guides = finder_.guided() && names_objects(request.question.task);
  return guides ? request.question.query : std::vector<std::string>();
}

Proposals BatchAnswerer::regions_of(const Request& request, const Image& image,
                                    const TimeLimit& limit) const {
  std::optional<std::vector<Region>> given;
  if (!request.boxes.empty()) given = regions_from_json(request.boxes, request.boxes_where);
  return finder_.find(image, std::move(given), named_in(request), limit.remaining());
}

Scene& BatchAnswerer::scene_for(const Request& request, const TimeLimit& limit) {
  std::string regions = request.boxes;
  // Guided proposals depend on the question.
  for (const std::string& name : named_in(request)) regions += '\n' + name;
  if (kept_ && kept_->image == request.image) {
    if (kept_->regions != regions) {
      kept_->scene.set_regions(regions_of(request, kept_->picture, limit), limit.remaining());
      kept_->regions = regions;
    }
    return kept_->scene;
  }
  kept_.reset();  // two scenes need not fit into memory
  const Image image = Image::load(request.image);
  Proposals proposals = regions_of(request, image, limit);
  kept_.emplace(Kept{request.image, regions, image,
                     model_.scene(image, std::move(proposals), limit.remaining())});
  return kept_->scene;
}

}  // namespace fo1::cli
