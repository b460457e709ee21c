# What bash would offer, by the completions in a folder: complete.bash FOLDER
offer() { # WORD...: completes the last one
  COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  COMPREPLY=()
  "_${1//-/_}"
  local text="$*"
  echo "${text// = /=}: ${COMPREPLY[*]}"
}
source "$1/mlc"
source "$1/mlc-run"
offer mlc --tar
offer mlc --target = c
offer mlc-run f
offer mlc-run fit --loss
