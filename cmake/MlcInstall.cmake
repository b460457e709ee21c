# What `cmake --install` puts where. Nothing there depends on the prefix: the tree can be moved whole.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(MLC_INSTALLED_TOOLS mlc mlc-run mlc-opt mlc-lsp-server mlc-reduce)
# LLVM's libraries are where they were found; the runtime is inside mlc.
set_target_properties(${MLC_INSTALLED_TOOLS} PROPERTIES INSTALL_RPATH "${LLVM_LIBRARY_DIRS}")
install(TARGETS ${MLC_INSTALLED_TOOLS} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES runtime/include/mlc/mlc.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mlc)
# For targets that mlc has no runtime of.
get_property(runtime GLOBAL PROPERTY MLC_RUNTIME_SOURCES)
file(GLOB headers runtime/*.h)
install(FILES ${runtime} ${headers} DESTINATION ${CMAKE_INSTALL_DATADIR}/mlc/runtime)

set(package ${CMAKE_INSTALL_DATADIR}/cmake/mlc)
configure_package_config_file(cmake/mlc-config.cmake.in ${CMAKE_BINARY_DIR}/mlc-config.cmake INSTALL_DESTINATION ${package}
  PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_INCLUDEDIR NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/mlc-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/mlc-config.cmake ${CMAKE_BINARY_DIR}/mlc-config-version.cmake cmake/MlcAddModel.cmake
  DESTINATION ${package})
configure_file(cmake/mlc.pc.in ${CMAKE_BINARY_DIR}/mlc.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/mlc.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)

# Man pages and completions, written by the tools from the definitions of their options.
set(pages)
foreach(tool mlc mlc-run)
  foreach(page man bash zsh fish)
    set(file ${CMAKE_BINARY_DIR}/share/${tool}.${page})
    add_custom_command(OUTPUT ${file} COMMAND ${tool} --write-page=${page} > ${file} DEPENDS ${tool} VERBATIM)
    list(APPEND pages ${file})
  endforeach()
  install(FILES ${CMAKE_BINARY_DIR}/share/${tool}.man DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 RENAME ${tool}.1)
  install(FILES ${CMAKE_BINARY_DIR}/share/${tool}.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${tool})
  install(FILES ${CMAKE_BINARY_DIR}/share/${tool}.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _${tool})
  install(FILES ${CMAKE_BINARY_DIR}/share/${tool}.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME ${tool}.fish)
endforeach()
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/share)
add_custom_target(mlc-pages ALL DEPENDS ${pages})

# The options of these are LLVM's and MLIR's own.
function(mlc_short_page tool summary description)
  configure_file(cmake/tool.1.in ${CMAKE_BINARY_DIR}/share/${tool}.1 @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/share/${tool}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endfunction()
mlc_short_page(mlc-opt "runs passes of mlc on text"
  "Reads a model or what a phase made of it, runs passes or phases, and prints the result: how the compiler is tested and looked into.")
mlc_short_page(mlc-lsp-server "tells editors what is wrong in a model, and what its parts are"
  "Speaks the language server protocol on standard input and output; an editor starts it.")
mlc_short_page(mlc-reduce "makes a failing model small"
  "Cuts a model down while a test script still finds it interesting.")

install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md" PATTERN "*.svg")
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR})

# `cpack`: a Debian package; the libraries that it needs are asked of dpkg-shlibdeps.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "the authors of mlc <mlc@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "ahead-of-time compiler of models and their training")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
include(CPack)
