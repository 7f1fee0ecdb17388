#include "capi/src/options.h"
#include "capi/src/utf8.h"

namespace fo1::capi {
namespace {

// What a callback sees of one call: handles that end with it.
template <class Handle>
class LentHandle {
 public:
  using Object = typename ObjectOf<Handle>::type;
  explicit LentHandle(Object object)
      : handle_(HandleTable<Handle>::instance().add(std::make_shared<Object>(std::move(object)))) {}
  ~LentHandle() { HandleTable<Handle>::instance().take(handle_); }
  LentHandle(const LentHandle&) = delete;
  LentHandle& operator=(const LentHandle&) = delete;

  Handle* handle() const { return handle_; }

 private:
  Handle* handle_;
};

std::vector<const char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<const char*> pointers;
  pointers.reserve(texts.size());
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  return pointers;
}

// What was asked for, without limits: those are for the library to keep.
fo1_propose_options lent_options(const ProposeOptions& asked,
                                 const std::vector<const char*>& labels,
                                 const std::vector<const char*>& prompts) {
  auto options = defaults<fo1_propose_options>();
  options.labels = labels.data();
  options.label_count = labels.size();
  options.prompts = prompts.data();
  options.prompt_count = prompts.size();
  if (asked.min_score) options.min_score = *asked.min_score;
  if (asked.max_iou) options.max_iou = *asked.max_iou;
  if (asked.most) options.most = *asked.most;
  options.min_side = asked.min_side;
  return options;
}

// What the callback, or a function it called, left as the reason.
std::string reason_of(fo1_status status) {
  const std::string reason = last_error();
  return reason.empty() ? fo1_status_name(status) : reason;
}

ErrorCode code_of(fo1_status status) {
  const bool known = status > FO1_OK && status <= FO1_INTERNAL;
  return known ? static_cast<ErrorCode>(status) : ErrorCode::kInternal;
}

Proposer from_callback(const std::string& name, fo1_propose_callback callback, void* user) {
  if (!callback) refuse("callback: NULL");
  const auto function = [=](const Image& image, const ProposeOptions& asked) {
    const LentHandle<fo1_image> picture(image);
    const LentHandle<fo1_regions> found(RegionsObject(Proposals{}));
    const std::vector<const char*> labels = pointers_to(asked.labels);
    const std::vector<const char*> prompts = pointers_to(asked.prompts);
    const fo1_propose_options options = lent_options(asked, labels, prompts);
    const KeptError before;
    const fo1_status status = callback(user, picture.handle(), &options, found.handle());
    if (status == FO1_OK) {
      before.restore();
      return LockedObject(found.handle())->proposals.regions;
    }
    throw Error(code_of(status), name + ": the callback failed: " + reason_of(status));
  };
  return Proposer::from_function(name, function);
}

}  // namespace
}  // namespace fo1::capi

using namespace fo1;
using namespace fo1::capi;

extern "C" {

fo1_status fo1_proposer_load(fo1_proposer** out, const char* choice,
                             const fo1_load_options* options) {
  return create(out, [&] {
    return Proposer::load(required(choice, "choice"), load_options(read_options(options)));
  });
}

fo1_status fo1_proposer_from_callback(fo1_proposer** out, const char* name,
                                      fo1_propose_callback callback, void* user) {
  return create(out, [&] {
    return from_callback(utf8_text(required(name, "name"), "name"), callback, user);
  });
}

const char* fo1_proposer_name(const fo1_proposer* proposer) {
  return value_or(static_cast<const char*>(nullptr),
                  [&] { return object_of(proposer)->name().c_str(); });
}

int32_t fo1_proposer_reads_labels(const fo1_proposer* proposer) {
  return value_or(int32_t{0}, [&] { return int32_t{object_of(proposer)->reads_labels()}; });
}

size_t fo1_proposer_prompt_count(const fo1_proposer* proposer) {
  return value_or(size_t{0}, [&] { return object_of(proposer)->prompts().size(); });
}

const char* fo1_proposer_prompt(const fo1_proposer* proposer, size_t index) {
  return value_or(static_cast<const char*>(nullptr),
                  [&] { return item(object_of(proposer)->prompts(), index, "prompts").c_str(); });
}

fo1_status fo1_proposer_save_wording(const fo1_proposer* proposer) {
  return guard([&] { object_of(proposer)->save_wording(); });
}

void fo1_proposer_free(fo1_proposer* proposer) {
  release(proposer);
}

fo1_status fo1_propose(fo1_regions** out, const fo1_proposer* proposer, const fo1_image* image,
                       const fo1_propose_options* options) {
  return create(out, [&] {
    const auto finder = object_of(proposer);
    const auto picture = object_of(image);
    return RegionsObject(finder->propose(*picture, propose_options(read_options(options))));
  });
}

}  // extern "C"
