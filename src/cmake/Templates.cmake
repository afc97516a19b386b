# Compiles templates/*.mustache into a table of the module emit. Run as a script (`cmake -P`) it writes the table.
if(CMAKE_SCRIPT_MODE_FILE)
  set(arrays "")
  set(entries "")
  set(number 0)
  string(REPLACE "," ";" names "${NAMES}")
  foreach(name IN LISTS names)
    file(READ ${FOLDER}/${name} bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1, " bytes "${bytes}")
    # The zero keeps the array of an empty file from being empty.
    string(APPEND arrays "const unsigned char k${number}[] = {${bytes}0};\n")
    string(APPEND entries "      {\"${name}\", \"templates/${name}\", text(k${number}, sizeof k${number} - 1)},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  file(WRITE ${OUTPUT} "// Written by src/cmake/Templates.cmake.
#include \"emit/template.hpp\"

namespace rockstage::emit {

namespace {

[[maybe_unused]] std::string text(const unsigned char* bytes, std::size_t size) {
  return {bytes, bytes + size};
}

${arrays}
}  // namespace

const std::vector<TemplateFile>& builtin_templates() {
  static const std::vector<TemplateFile> files = {
${entries}  };
  return files;
}

}  // namespace rockstage::emit
")
  return()
endif()

set(template_table ${CMAKE_CURRENT_BINARY_DIR}/generated/template_table.cpp)
file(GLOB templates CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/templates/*.mustache)
set(template_names "")
foreach(template IN LISTS templates)
  get_filename_component(name ${template} NAME)
  list(APPEND template_names ${name})
endforeach()
list(SORT template_names)
list(JOIN template_names "," template_names)

# The names are part of the command, so that a template that went away makes the table anew.
add_custom_command(
  OUTPUT ${template_table}
  COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_CURRENT_SOURCE_DIR}/templates -DNAMES=${template_names}
          -DOUTPUT=${template_table} -P ${CMAKE_CURRENT_LIST_FILE}
  DEPENDS ${templates} ${CMAKE_CURRENT_LIST_FILE}
  COMMENT "Compiling the templates"
  VERBATIM)
target_sources(rockstage_emit PRIVATE ${template_table})
