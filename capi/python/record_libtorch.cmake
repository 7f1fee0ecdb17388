# Writes libtorch.json beside `library`: version and folder of the LibTorch in `torch_folder`, and the names of those of
# its libraries that `library` asks for. `readelf`: the program.
file(REAL_PATH "${torch_folder}" torch_folder)
set(version_file "${torch_folder}/../share/cmake/Torch/TorchConfigVersion.cmake")
if(NOT EXISTS "${version_file}")
  message(WARNING "no LibTorch in ${torch_folder}: the package will find one only where the system looks")
  return()
endif()
file(STRINGS "${version_file}" line REGEX "PACKAGE_VERSION \"")
string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" version "${line}")

execute_process(COMMAND "${readelf}" -d "${library}" OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE "[][]" " " dynamic "${dynamic}")  # a list must not have brackets
string(REGEX MATCHALL "Shared library: +[^ ]+" lines "${dynamic}")
set(names)
foreach(line IN LISTS lines)
  string(REGEX REPLACE "Shared library: +" "" name "${line}")
  if(EXISTS "${torch_folder}/${name}")
    list(APPEND names "\"${name}\"")
  endif()
endforeach()
list(JOIN names ", " names)

get_filename_component(folder "${library}" DIRECTORY)
file(WRITE "${folder}/libtorch.json"
  "{\"version\": \"${version}\", \"folder\": \"${torch_folder}\", \"libraries\": [${names}]}\n")
