include(GNUInstallDirs)
install(TARGETS rockstage RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# The program writes its own manual page and completions, so they always fit its options. --isolated: nothing of whoever installs
# gets into them.
set(generated ${PROJECT_BINARY_DIR}/generated)
install(CODE "
  function(generate file)
    execute_process(COMMAND \"$<TARGET_FILE:rockstage>\" \${ARGN} --isolated
                    OUTPUT_FILE \"${generated}/\${file}\" COMMAND_ERROR_IS_FATAL ANY)
  endfunction()
  file(MAKE_DIRECTORY \"${generated}\")
  generate(rockstage.1 help --man)
  generate(rockstage completion bash)
  generate(_rockstage completion zsh)
  generate(rockstage.fish completion fish)
")
install(FILES ${generated}/rockstage.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${generated}/rockstage DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${generated}/_rockstage DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${generated}/rockstage.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/commands docs/formats DESTINATION ${CMAKE_INSTALL_DOCDIR})
