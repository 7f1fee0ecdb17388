// Checksums of tensors, as the recorded cases give them.
#pragma once

#include <ATen/core/Tensor.h>
#include <openssl/sha.h>

#include <cstdio>
#include <string>

namespace fo1::test {

// Of the tensor's bytes in memory order, in lower-case hexadecimal.
inline std::string sha256(const at::Tensor& tensor) {
  const at::Tensor packed = tensor.contiguous();
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(static_cast<const unsigned char*>(packed.const_data_ptr()), packed.nbytes(), digest);
  std::string text;
  for (const unsigned char byte : digest) {
    char hex[3];
    std::snprintf(hex, sizeof hex, "%02x", byte);
    text += hex;
  }
  return text;
}

}  // namespace fo1::test
