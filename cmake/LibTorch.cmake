# Provides fo1::torch, the LibTorch this build links.
#
# Any LibTorch >= 2.6 works: the wheel that scripts/setup unpacks into .deps/libtorch, or one named by
# CMAKE_PREFIX_PATH / Torch_DIR. With FO1_CUDA the package file of LibTorch is used as it is
# (find_package(Torch), which needs a CUDA toolkit). Without it only the CPU libraries are imported:
# the package file of a CUDA build refuses to load where there is no toolkit, although nothing here
# compiles CUDA code.
set(FO1_TORCH_MINIMUM 2.6)
list(APPEND CMAKE_PREFIX_PATH "${CMAKE_CURRENT_SOURCE_DIR}/.deps/libtorch/torch")

function(fo1_check_torch_version version)
  if(version VERSION_LESS FO1_TORCH_MINIMUM)
    message(FATAL_ERROR "LibTorch ${version} is too old: ${FO1_TORCH_MINIMUM} or newer is needed")
  endif()
  message(STATUS "LibTorch ${version} (CUDA linked: ${FO1_CUDA})")
endfunction()

# The version and the C++ ABI flag are only written in text files of the distribution.
function(fo1_import_torch_cpu)
  find_path(FO1_TORCH_PACKAGE TorchConfig.cmake PATH_SUFFIXES share/cmake/Torch HINTS ${Torch_DIR})
  if(NOT FO1_TORCH_PACKAGE)
    message(FATAL_ERROR "LibTorch not found: run scripts/setup, or give CMAKE_PREFIX_PATH=<folder of LibTorch>")
  endif()
  get_filename_component(root "${FO1_TORCH_PACKAGE}/../../.." ABSOLUTE)
  file(STRINGS "${FO1_TORCH_PACKAGE}/TorchConfigVersion.cmake" version_line REGEX "PACKAGE_VERSION \"")
  string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" version "${version_line}")
  fo1_check_torch_version("${version}")
  file(STRINGS "${FO1_TORCH_PACKAGE}/TorchConfig.cmake" abi_line REGEX "GLIBCXX_USE_CXX11_ABI")
  string(REGEX MATCH "ABI=([01])" abi "${abi_line}")

  add_library(fo1_torch INTERFACE)
  target_include_directories(fo1_torch SYSTEM INTERFACE "${root}/include" "${root}/include/torch/csrc/api/include")
  if(abi)
    target_compile_definitions(fo1_torch INTERFACE "_GLIBCXX_USE_CXX11_${abi}")
  endif()
  # libtorch_cpu registers its kernels in static initialisers: it must stay linked though no symbol asks for it.
  target_link_libraries(fo1_torch INTERFACE
    "-Wl,--push-state,--no-as-needed" "${root}/lib/libtorch_cpu.so" "-Wl,--pop-state" "${root}/lib/libc10.so")
  set(FO1_TORCH_LIBRARY_DIR "${root}/lib" PARENT_SCOPE)
  # The linker must find what libtorch_cpu.so itself loads (a CUDA build: two small NVIDIA libraries).
  file(GLOB nvidia_folders "${root}/../nvidia/*/lib")
  foreach(folder IN LISTS nvidia_folders)
    target_link_options(fo1_torch INTERFACE "-Wl,-rpath-link,${folder}")
  endforeach()
endfunction()

function(fo1_find_torch_cuda)
  if(NOT DEFINED TORCH_CUDA_ARCH_LIST)
    set(TORCH_CUDA_ARCH_LIST "8.0;9.0")  # asked for where no GPU can be probed; no CUDA code is compiled
  endif()
  find_package(Torch ${FO1_TORCH_MINIMUM} REQUIRED)
  fo1_check_torch_version("${Torch_VERSION}")
  separate_arguments(torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
  add_library(fo1_torch INTERFACE)
  target_compile_options(fo1_torch INTERFACE ${torch_flags})
  target_include_directories(fo1_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  target_link_libraries(fo1_torch INTERFACE "-Wl,--no-as-needed" ${TORCH_LIBRARIES})
  set(FO1_TORCH_LIBRARY_DIR "${TORCH_INSTALL_PREFIX}/lib" PARENT_SCOPE)
endfunction()

if(FO1_CUDA)
  fo1_find_torch_cuda()
else()
  fo1_import_torch_cpu()
endif()
# at::parallel_for is a template: without OpenMP it compiles to a plain loop. The wheel brings the runtime it was
# linked with; a second one must not come in.
find_package(OpenMP REQUIRED COMPONENTS CXX)
if(EXISTS "${FO1_TORCH_LIBRARY_DIR}/libgomp.so.1")
  separate_arguments(openmp_flags UNIX_COMMAND "${OpenMP_CXX_FLAGS}")
  target_compile_options(fo1_torch INTERFACE ${openmp_flags})
  target_link_libraries(fo1_torch INTERFACE "${FO1_TORCH_LIBRARY_DIR}/libgomp.so.1")
else()
  target_link_libraries(fo1_torch INTERFACE OpenMP::OpenMP_CXX)
endif()
add_library(fo1::torch ALIAS fo1_torch)
