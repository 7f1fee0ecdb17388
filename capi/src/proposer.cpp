#include "capi/src/options.h"

namespace fo1::capi {
namespace {

// What a callback sees of one call: handles that end with it.
template <class Handle>
class LentHandle {
 public:
  using Object = typename ObjectOf<Handle>::type;
  explicit LentHandle(Object object)
      : object_(std::make_shared<Object>(std::move(object))),
        handle_(HandleTable<Handle>::instance().add(object_)) {}
  ~LentHandle() { HandleTable<Handle>::instance().take(handle_); }
  LentHandle(const LentHandle&) = delete;
  LentHandle& operator=(const LentHandle&) = delete;

  Handle* handle() const { return handle_; }
  Object& object() const { return *object_; }

 private:
  std::shared_ptr<Object> object_;
  Handle* handle_;
};

ErrorCode code_of(fo1_status status) {
  const bool known = status > FO1_OK && status <= FO1_INTERNAL;
  return known ? static_cast<ErrorCode>(status) : ErrorCode::kInternal;
}

Proposer from_callback(const std::string& name, fo1_propose_callback callback, void* user) {
  if (!callback) refuse("callback: NULL");
  const auto function = [=](const Image& image, const ProposeOptions&) {
    const LentHandle<fo1_image> picture(image);
    const LentHandle<fo1_regions> found(RegionsObject{});
    const fo1_status status = callback(user, picture.handle(), found.handle());
    if (status == FO1_OK) return std::move(found.object().proposals.regions);
    throw Error(code_of(status), name + ": the callback returned " + std::to_string(status) + " (" +
                                     fo1_status_name(status) + ")");
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
  return create(out, [&] { return from_callback(required(name, "name"), callback, user); });
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
    return RegionsObject{finder->propose(*picture, propose_options(read_options(options))), ""};
  });
}

}  // extern "C"
