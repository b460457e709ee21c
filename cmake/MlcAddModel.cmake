# mlc_add_model(TARGET MODEL [STATIC] [OPTIONS option...] [DEPENDS file...])
#
# Compiles MODEL to TARGET.so (STATIC: TARGET.a) and its header TARGET.h in the current binary folder, again whenever the model,
# a file that its options name, one of DEPENDS or mlc itself changes. TARGET is what programs link with:
#
#   mlc_add_model(net net.mlir OPTIONS -O3 --mcpu=x86-64-v3)
#   target_link_libraries(program PRIVATE net)        # and in the program: #include "net.h"
#
# OPTIONS are those of mlc; file names in them are relative to the current source folder and written as --weights=FILE.
# With --bindings=fortran,rust the files TARGET.f90 and TARGET.rs are made too.
function(mlc_add_model target model)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "STATIC" "" "OPTIONS;DEPENDS")
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "mlc_add_model(${target}): expects STATIC, OPTIONS or DEPENDS, but got '${ARG_UNPARSED_ARGUMENTS}'")
  endif()
  get_filename_component(model "${model}" ABSOLUTE)
  if(NOT EXISTS "${model}" AND NOT model IN_LIST ARG_DEPENDS)
    get_source_file_property(generated "${model}" GENERATED)
    if(NOT generated)
      message(FATAL_ERROR "mlc_add_model(${target}): there is no file ${model}")
    endif()
  endif()

  set(stem "${CMAKE_CURRENT_BINARY_DIR}/${target}")
  set(kind SHARED)
  set(library "${stem}.so")
  if(ARG_STATIC)
    set(kind STATIC)
    set(library "${stem}.a")
  endif()
  set(outputs "${library}" "${stem}.h")
  foreach(option IN LISTS ARG_OPTIONS)
    if(option MATCHES "^--(weights|tilings)=(.+)$")
      get_filename_component(file "${CMAKE_MATCH_2}" ABSOLUTE)
      list(APPEND ARG_DEPENDS "${file}")
    elseif(option STREQUAL "--weights-file")
      list(APPEND outputs "${stem}.weights")
    elseif(option MATCHES "^--bindings=.*fortran")
      list(APPEND outputs "${stem}.f90")
    endif()
    if(option MATCHES "^--bindings=.*rust")
      list(APPEND outputs "${stem}.rs")
    endif()
  endforeach()

  add_custom_command(OUTPUT ${outputs}
    COMMAND mlc::mlc "${model}" -o "${library}" ${ARG_OPTIONS}
    DEPENDS "${model}" "$<TARGET_FILE:mlc::mlc>" ${ARG_DEPENDS}
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
    COMMENT "Compiling model ${target}" VERBATIM)
  add_custom_target(${target}-model DEPENDS ${outputs})
  add_library(${target} ${kind} IMPORTED GLOBAL)
  add_dependencies(${target} ${target}-model)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${library}"
    INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_BINARY_DIR}")
  if(ARG_STATIC)
    set_target_properties(${target} PROPERTIES INTERFACE_LINK_LIBRARIES m)
  else()
    set_target_properties(${target} PROPERTIES IMPORTED_SONAME "${target}.so")
  endif()
endfunction()
