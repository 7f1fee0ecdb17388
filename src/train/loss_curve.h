// A run's loss as a picture.
#pragma once

#include <string>

namespace fo1::train {

// `metrics`: the file of lines that a run writes. The loss of each report and, thicker, its moving
// average, over steps; the axis of losses is logarithmic. Writes nothing while there are fewer than
// two reports.
void draw_loss_curve(const std::string& metrics, const std::string& picture);

}  // namespace fo1::train
