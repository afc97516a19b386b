add_library(rockstage_build_flags INTERFACE)
target_compile_options(rockstage_build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Wcast-align -Wformat=2
  -Wextra-semi -Wmissing-declarations
  # g++ 12 sees overlaps in std::string that are not there (GCC bug 105329).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
  $<$<CXX_COMPILER_ID:GNU>:-Wlogical-op;-Wduplicated-cond;-Wduplicated-branches>
  $<$<BOOL:${ROCKSTAGE_DEV}>:-Werror>
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(ROCKSTAGE_SANITIZE)
  add_compile_options(-fsanitize=${ROCKSTAGE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ROCKSTAGE_SANITIZE})
endif()
if(ROCKSTAGE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# rockstage_module(NAME DEPS modules… PUBLIC targets… PRIVATE targets…): the folder src/NAME as the library rockstage::NAME.
function(rockstage_module name)
  cmake_parse_arguments(A "" "" "DEPS;PUBLIC;PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS src/${name}/*.cpp src/${name}/*.hpp)
  add_library(rockstage_${name} STATIC ${sources})
  set_target_properties(rockstage_${name} PROPERTIES LINKER_LANGUAGE CXX)
  add_library(rockstage::${name} ALIAS rockstage_${name})
  target_include_directories(rockstage_${name} PUBLIC src)
  list(TRANSFORM A_DEPS PREPEND rockstage::)
  target_link_libraries(rockstage_${name} PUBLIC ${A_DEPS} ${A_PUBLIC} PRIVATE ${A_PRIVATE} rockstage_build_flags)
endfunction()

# The C++ run-time library goes into the program too, except under a sanitizer, which brings its own.
function(rockstage_link_statically target)
  if(NOT ROCKSTAGE_SANITIZE AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,--as-needed -Wl,-O1)
    set_target_properties(${target} PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
  endif()
endfunction()
