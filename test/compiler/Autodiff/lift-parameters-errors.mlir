// RUN: mlc-opt %s --lift-parameters --split-input-file --verify-diagnostics

// expected-error @+1 {{not supported yet: an entry that is not one block}}
func.func @branches() {
  cf.br ^next
^next:
  return
}
