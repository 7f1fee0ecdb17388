#include "proposal/upn_models.h"

#include "support/data.h"
#include "support/golden.h"
#include "weights/checkpoint.h"

namespace fo1::test {

std::shared_ptr<Upn> load_upn(const std::string& folder) {
  const Json json = load_data(folder + "/config.json");
  auto upn = std::make_shared<Upn>(upn_config_from({json, folder + "/config.json"}), Placement{});
  const Checkpoint checkpoint = Checkpoint::open(data_path(folder));
  upn->load(checkpoint);
  return upn;
}

std::shared_ptr<Upn> tiny_upn() {
  static const std::shared_ptr<Upn> upn = load_upn("upn/tiny");
  return upn;
}

}  // namespace fo1::test
