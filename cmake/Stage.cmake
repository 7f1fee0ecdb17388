# fo1_stage(<name> SOURCES <files> [DEPENDS <lower stages>] [LINK <libraries>] [TORCH])
#
# One folder of src/ as a static library fo1_<name>. A stage sees only src/ and what it lists, so a
# wrong dependency fails to link; tests/layers_test.py checks the includes as well. TORCH adds LibTorch
# and shares one precompiled header: LibTorch's headers cost ~20 s a file otherwise.
function(fo1_stage name)
  cmake_parse_arguments(ARG "TORCH" "" "SOURCES;DEPENDS;LINK" ${ARGN})
  list(TRANSFORM ARG_SOURCES PREPEND "${name}/")
  list(TRANSFORM ARG_DEPENDS PREPEND "fo1_")
  add_library(fo1_${name} STATIC ${ARG_SOURCES})
  set_property(GLOBAL APPEND PROPERTY FO1_STAGES ${name})
  target_include_directories(fo1_${name} PUBLIC "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/include")
  target_link_libraries(fo1_${name} PUBLIC ${ARG_DEPENDS} PRIVATE ${ARG_LINK} fo1_warnings)
  if(ARG_TORCH)
    target_link_libraries(fo1_${name} PUBLIC fo1::torch)
    fo1_use_torch_header(fo1_${name})
  endif()
endfunction()

# Compile `target` with the shared precompiled LibTorch header.
function(fo1_use_torch_header target)
  if(FO1_PCH)
    target_precompile_headers(${target} REUSE_FROM fo1_torch_header)
    # GCC takes a precompiled header only with the flags it was made with: -fPIC, not a program's -fPIE.
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${target} PRIVATE -fPIC)
  endif()
endfunction()
