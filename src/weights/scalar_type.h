// Element types: files on one side, LibTorch on the other.
#pragma once

#include <c10/core/ScalarType.h>

#include "weights/data_type.h"

namespace fo1 {

at::ScalarType scalar_type(DataType type);
DataType data_type(at::ScalarType type);  // throws kUnsupported for what files cannot hold

}  // namespace fo1
