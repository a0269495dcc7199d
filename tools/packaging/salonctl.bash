# bash completion for salonctl. Install as /usr/share/bash-completion/completions/salonctl
_salonctl() {
  local cur=${COMP_WORDS[COMP_CWORD]} typed='' word command commands
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
    -* | = | */* | *:*) ;; # our own options and their values
    *) typed+="$word " ;;
    esac
  done
  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '--state= --bundle= --server= --json --help --version --policy= --role= --alias= --ids --follow' -- "$cur")
    [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
    return
  fi
  # What salonctl itself says that it knows, so that the two never differ.
  commands=$(salonctl help 2>/dev/null | sed -n 's/^  \([a-z][a-z ]*[a-z]\).*/\1/p')
  COMPREPLY=()
  while IFS= read -r command; do
    [[ "$command " == "$typed$cur"* ]] || continue
    command=${command#"$typed"}
    COMPREPLY+=("${command%% *}")
  done <<<"$commands"
  if [[ ${#COMPREPLY[@]} -eq 0 && $typed == *'import '* ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
  fi
}
complete -F _salonctl salonctl
