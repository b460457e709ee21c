# How every target of the project is declared: warnings as errors, no RTTI, MLIR's headers precompiled once.

set(MLC_CXX_OPTIONS -fno-rtti -fno-exceptions -Wall -Wextra -Werror -Wno-unused-parameter)
set(MLC_C_OPTIONS -Wall -Wextra -Werror -Wno-unused-parameter)

# One precompiled header serves the whole compiler: MLIR's headers are most of a file's compile time.
add_library(mlc-headers OBJECT ${CMAKE_SOURCE_DIR}/cmake/Precompiled.cpp)
target_compile_options(mlc-headers PRIVATE ${MLC_CXX_OPTIONS} "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
target_include_directories(mlc-headers SYSTEM PRIVATE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
target_precompile_headers(mlc-headers PRIVATE ${CMAKE_SOURCE_DIR}/cmake/Precompiled.h)

# mlc_library(NAME source... [LINK library...] [DEPENDS tablegen-target...]): a static library of the compiler.
function(mlc_library name)
  cmake_parse_arguments(ARG "" "" "LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  mlc_configure_target(${name})
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

# mlc_tool(NAME source... [LINK library...]): an executable in build/bin.
function(mlc_tool name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  mlc_configure_target(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} MLIR LLVM)
endfunction()

function(mlc_configure_target name)
  target_compile_options(${name} PRIVATE ${MLC_CXX_OPTIONS} "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
  target_include_directories(${name} SYSTEM PRIVATE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  target_precompile_headers(${name} REUSE_FROM mlc-headers)
endfunction()
