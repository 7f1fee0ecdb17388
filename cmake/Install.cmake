# What `cmake --install` puts where. The tree may be moved as a whole: its files find each other
# by relative paths, and LibTorch through one link.
#
#   bin/fo1, bin/fo1-train   the programs
#   lib/                     libfo1.so, libfo1_c.so
#   lib/fo1/libtorch         a link to LibTorch, which is not installed; or put LibTorch itself there
#   lib/cmake/fo1            find_package(fo1): fo1::fo1 and fo1::fo1_c
#   lib/pkgconfig            fo1.pc and fo1_c.pc
#   include/                 fo1/*.h and fo1_c.h
#   share/fo1/models         the test-sized model and its pictures, for a first try
#   share/doc/fo1            README, licence, changelog
include(CMakePackageConfigHelpers)

set(cmake_folder "${CMAKE_INSTALL_LIBDIR}/cmake/fo1")
set(pkgconfig_folder "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
set(libtorch_link "fo1/libtorch")  # below the folder of the libraries
file(RELATIVE_PATH bin_to_lib "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")

# --- libraries and programs ---
set_target_properties(fo1_library PROPERTIES INSTALL_RPATH "$ORIGIN/${libtorch_link}/lib")
set_target_properties(fo1_c PROPERTIES INSTALL_RPATH "$ORIGIN")
set_target_properties(fo1_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${bin_to_lib}")
set_target_properties(fo1_train_program PROPERTIES INSTALL_RPATH "$ORIGIN/${bin_to_lib}/${libtorch_link}/lib")
# Whoever links an executable need not have LibTorch: without this the linker would look for every
# library that libfo1.so needs, though nothing but libfo1.so uses them.
foreach(library fo1_library fo1_c)
  target_link_options(${library} INTERFACE $<INSTALL_INTERFACE:LINKER:--allow-shlib-undefined>)
endforeach()
install(TARGETS fo1_library fo1_c EXPORT fo1 LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS fo1_cli fo1_train_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/fo1 DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(FILES capi/fo1_c.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# --- the link to the LibTorch of this build: a component of its own, which packages leave out ---
get_filename_component(libtorch "${FO1_TORCH_LIBRARY_DIR}" DIRECTORY)
configure_file(cmake/link_libtorch.cmake.in link_libtorch.cmake @ONLY)
install(SCRIPT "${PROJECT_BINARY_DIR}/link_libtorch.cmake" COMPONENT libtorch)

# --- how others find them ---
install(EXPORT fo1 NAMESPACE fo1:: FILE fo1Targets.cmake DESTINATION ${cmake_folder})
get_target_property(interface_version fo1_c VERSION)
configure_package_config_file(cmake/fo1Config.cmake.in fo1Config.cmake INSTALL_DESTINATION ${cmake_folder}
  NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(fo1ConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/fo1Config.cmake" "${PROJECT_BINARY_DIR}/fo1ConfigVersion.cmake"
  DESTINATION ${cmake_folder})

# install_pkgconfig(<library> <version> <description>)
function(install_pkgconfig name version description)
  file(RELATIVE_PATH to_prefix "/${pkgconfig_folder}" "/")
  string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
  configure_file(cmake/pkgconfig.pc.in ${name}.pc @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION ${pkgconfig_folder})
endfunction()
install_pkgconfig(fo1 ${PROJECT_VERSION} "${PROJECT_DESCRIPTION}")
install_pkgconfig(fo1_c ${interface_version} "${PROJECT_DESCRIPTION}: the C interface")

# --- to read and to try ---
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY models/tiny models/samples DESTINATION ${CMAKE_INSTALL_DATADIR}/fo1/models)
