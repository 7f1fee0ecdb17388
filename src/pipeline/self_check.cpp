#include <filesystem>
#include <vector>

#include "fo1/error.h"
#include "fo1/inspection.h"
#include "fo1/model.h"
#include "fo1/proposer.h"
#include "fo1/time_limit.h"

namespace fo1 {
namespace {

constexpr std::int32_t kSide = 64;  // pixels of the made-up picture
constexpr std::int64_t kWords = 4;  // of an answer

// Colours that change across the picture, so that no feature map is flat.
Image made_up_picture() {
  std::vector<std::uint8_t> pixels;  // [kSide, kSide, 3]
  for (std::int32_t y = 0; y < kSide; ++y) {
    for (std::int32_t x = 0; x < kSide; ++x) {
      pixels.push_back(static_cast<std::uint8_t>(4 * x));
      pixels.push_back(static_cast<std::uint8_t>(4 * y));
      pixels.push_back(static_cast<std::uint8_t>(x * y));
    }
  }
  return Image::from_pixels({pixels.data(), kSide, kSide, 0, PixelFormat::kRgb});
}

void run_proposer(const Proposer& proposer, const TimeLimit& limit) {
  ProposeOptions propose;
  propose.limits = limit.remaining();
  proposer.propose(made_up_picture(), propose);
}

void run_model(const std::string& folder, const LoadOptions& options, const TimeLimit& limit) {
  const Model model = Model::load(folder, options);
  Proposals regions;
  if (model.has_regions()) regions = {Region{{8, 8, 40, 40}, {}, ""}};
  if (const Proposer* own = model.proposer()) run_proposer(*own, limit);
  Scene scene = model.scene(made_up_picture(), regions, limit.remaining());
  AskOptions ask;
  ask.max_new_tokens = kWords;
  ask.limits = limit.remaining();
  scene.ask({"ask", {"What is shown?"}, {}}, ask);  // numbers that are not finite are errors
}

// Whether the folder is at fault, not the caller or the machine.
bool is_fault_of_folder(ErrorCode code) {
  return code == ErrorCode::kNotFound || code == ErrorCode::kCorruptFile ||
         code == ErrorCode::kInternal;
}

}  // namespace

Inspection self_check(const std::string& folder, const LoadOptions& options) {
  const TimeLimit limit(options.limits.deadline_seconds, options.limits.cancel,
                        options.limits.on_progress);
  Inspection result;
  result.folder = folder;
  try {
    result = inspect(folder);
    if (!result.is_whole()) return result;
    if (result.is_proposer) {
      run_proposer(Proposer::load(folder, options), limit);
    } else {
      run_model(folder, options, limit);
    }
  } catch (const Error& error) {
    if (!is_fault_of_folder(error.code()) || !std::filesystem::is_directory(folder)) throw;
    result.problems.push_back({"failed", "", error.what()});
  }
  return result;
}

}  // namespace fo1
