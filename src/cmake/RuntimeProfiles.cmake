# Compiles src/runtime/runtimes.yaml into a table of the module runtime. The compiler is the module's own reader.
set(runtime_table ${CMAKE_CURRENT_BINARY_DIR}/generated/runtime_table.cpp)
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/generated)

add_executable(generate_runtimes src/runtime/generate/main.cpp src/runtime/read_catalogue.cpp src/runtime/record_reader.cpp)
target_include_directories(generate_runtimes PRIVATE src)
target_link_libraries(generate_runtimes PRIVATE rockstage::config rockstage::lua rockstage_build_flags)

add_custom_command(
  OUTPUT ${runtime_table}
  COMMAND generate_runtimes ${CMAKE_CURRENT_SOURCE_DIR}/src/runtime/runtimes.yaml ${runtime_table}
  DEPENDS generate_runtimes ${CMAKE_CURRENT_SOURCE_DIR}/src/runtime/runtimes.yaml
  COMMENT "Compiling runtimes.yaml"
  VERBATIM)

# The generator's main is no part of the module.
get_target_property(runtime_sources rockstage_runtime SOURCES)
list(FILTER runtime_sources EXCLUDE REGEX "/runtime/generate/")
set_target_properties(rockstage_runtime PROPERTIES SOURCES "${runtime_sources}")
target_sources(rockstage_runtime PRIVATE ${runtime_table})
