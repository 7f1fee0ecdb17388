// Answers requests one after another, keeping the scene that the next one may share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/batch_request.h"
#include "cli/options.h"
#include "cli/regions.h"
#include "fo1/model.h"
#include "fo1/time_limit.h"

namespace fo1::cli {

class BatchAnswerer {
 public:
  BatchAnswerer(Model model, RegionFinder finder, Generation generation)
      : model_(std::move(model)), finder_(std::move(finder)), generation_(generation) {}

  Answer answer(const Request& request);  // throws what the library throws

 private:
  Answer ask(const Request& request);
  std::vector<std::string> named_in(const Request& request) const;  // what guides proposers
  Proposals regions_of(const Request& request, const Image& image, const TimeLimit& limit) const;
  // The kept scene where image and regions are the same; other regions on the same image are put
  // into it; another image replaces it.
  Scene& scene_for(const Request& request, const TimeLimit& limit);

  struct Kept {
    std::string image, regions;  // what the scene was made of
    Image picture;
    Scene scene;
  };
  Model model_;
  RegionFinder finder_;
  Generation generation_;
  std::optional<Kept> kept_;
};

}  // namespace fo1::cli
