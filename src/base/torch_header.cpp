// Exists so that CMake has a target to precompile the LibTorch headers for (see Stage.cmake).
