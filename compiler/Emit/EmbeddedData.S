/* The bytes behind Embedded.h; the paths come from CMake. */
  .section .rodata
  .balign 64
  .globl mlc_embedded_runtime_begin, mlc_embedded_runtime_end
  .globl mlc_embedded_aarch64_begin, mlc_embedded_aarch64_end
  .globl mlc_embedded_interface_begin, mlc_embedded_interface_end
mlc_embedded_runtime_begin:
  .incbin MLC_RUNTIME_ARCHIVE
mlc_embedded_runtime_end:
  .byte 0
mlc_embedded_aarch64_begin:
#ifdef MLC_RUNTIME_ARCHIVE_AARCH64
  .incbin MLC_RUNTIME_ARCHIVE_AARCH64
#endif
mlc_embedded_aarch64_end:
  .byte 0
mlc_embedded_interface_begin:
  .incbin MLC_INTERFACE_HEADER
mlc_embedded_interface_end:
  .byte 0
  .section .note.GNU-stack, "", %progbits
