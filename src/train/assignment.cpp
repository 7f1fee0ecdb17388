#include "train/assignment.h"

#include <ATen/ATen.h>

#include <limits>

#include "base/error.h"

namespace fo1::train {
namespace {

constexpr std::int64_t kNobody = -1;

// Rows get their columns one after another; prices of rows and columns keep every reduced cost at
// or above zero, and that of an assigned pair at zero.
class Assignment {
 public:
  explicit Assignment(const at::Tensor& costs)
      : rows_(costs.size(0)),
        columns_(costs.size(1)),
        costs_(costs.const_data_ptr<double>()),
        row_price_(static_cast<std::size_t>(rows_)),
        column_price_(static_cast<std::size_t>(columns_)),
        owner_(static_cast<std::size_t>(columns_), kNobody) {}

  std::vector<std::int64_t> solve() {
    for (std::int64_t row = 0; row < rows_; ++row) add(row);
    std::vector<std::int64_t> columns(static_cast<std::size_t>(rows_));
    for (std::int64_t column = 0; column < columns_; ++column) {
      if (owner(column) != kNobody) columns[static_cast<std::size_t>(owner(column))] = column;
    }
    return columns;
  }

 private:
  std::int64_t& owner(std::int64_t column) { return owner_[static_cast<std::size_t>(column)]; }
  double& row_price(std::int64_t row) { return row_price_[static_cast<std::size_t>(row)]; }
  double& column_price(std::int64_t column) {
    return column_price_[static_cast<std::size_t>(column)];
  }

  // The shortest path from `row` to a free column; owners along it move on by one.
  void add(std::int64_t row) {
    const auto count = static_cast<std::size_t>(columns_);
    std::vector<double> distance(count, std::numeric_limits<double>::infinity());
    std::vector<std::int64_t> from(count, kNobody);  // the column before, on the path
    std::vector<bool> done(count, false);
    std::vector<std::int64_t> path;  // columns done, in order
    std::int64_t at_row = row, last = kNobody;
    double walked = 0;
    while (true) {
      std::int64_t nearest = kNobody;
      for (std::int64_t column = 0; column < columns_; ++column) {
        const auto c = static_cast<std::size_t>(column);
        if (done[c]) continue;
        const double reduced =
            costs_[at_row * columns_ + column] - row_price(at_row) - column_price(column);
        if (walked + reduced < distance[c]) {
          distance[c] = walked + reduced;
          from[c] = last;
        }
        if (nearest == kNobody || distance[c] < distance[static_cast<std::size_t>(nearest)]) {
          nearest = column;
        }
      }
      walked = distance[static_cast<std::size_t>(nearest)];
      last = nearest;
      if (owner(last) == kNobody) break;
      done[static_cast<std::size_t>(last)] = true;
      path.push_back(last);
      at_row = owner(last);
    }
    row_price(row) += walked;
    for (const std::int64_t column : path) {
      const double saved = walked - distance[static_cast<std::size_t>(column)];
      row_price(owner(column)) += saved;
      column_price(column) -= saved;
    }
    for (std::int64_t column = last; column != kNobody;) {
      const std::int64_t before = from[static_cast<std::size_t>(column)];
      owner(column) = before == kNobody ? row : owner(before);
      column = before;
    }
  }

  std::int64_t rows_, columns_;
  const double* costs_;  // [rows, columns]
  std::vector<double> row_price_, column_price_;
  std::vector<std::int64_t> owner_;  // the row that has each column
};

}  // namespace

std::vector<std::int64_t> assign(const at::Tensor& costs) {
  if (costs.size(0) > costs.size(1)) {
    fail(ErrorCode::kInvalidArgument, costs.size(0), " rows cannot be assigned to ", costs.size(1),
         " columns");
  }
  if (!costs.isfinite().all().item<bool>()) {
    fail(ErrorCode::kInternal, "an assignment with costs that are not finite");
  }
  const at::Tensor on_host = costs.detach().to(at::kCPU, at::kDouble).contiguous();
  return Assignment(on_host).solve();
}

}  // namespace fo1::train
