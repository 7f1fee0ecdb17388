# `docs`, where Doxygen is installed: the public headers as HTML in docs/html of the build folder.
find_package(Doxygen QUIET)
if(DOXYGEN_FOUND)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  configure_file(cmake/docs/Doxyfile.in Doxyfile @ONLY)
  add_custom_target(docs COMMAND Doxygen::doxygen Doxyfile WORKING_DIRECTORY "${PROJECT_BINARY_DIR}")
endif()
