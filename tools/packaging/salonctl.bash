# bash completion for salonctl. Install as /usr/share/bash-completion/completions/salonctl
_salonctl() {
  local cur=${COMP_WORDS[COMP_CWORD]} before='' typed='' word command commands
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $before in
    = | : | --state | --bundle | --server) ;; # the value of one of our own options; readline cuts at = and :
    *) [[ $word == -* || $word == [=:] ]] || typed+="$word " ;;
    esac
    before=$word
  done
  COMPREPLY=()
  if [[ $cur == = || $before == = || $before == --state || $before == --bundle ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "${cur#=}")
    return
  fi
  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '--state= --bundle= --server= --json --help --version --policy= --role= --alias= --ids --follow --after= --from= --all' -- "$cur")
    [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
    return
  fi
  # What salonctl itself says that it knows, so that the two never differ.
  commands=$(salonctl help 2>/dev/null | sed -n 's/^  \([a-z][a-z ]*[a-z]\).*/\1/p')
  typed=${typed#help }
  while IFS= read -r command; do
    [[ $command == "$typed$cur"* ]] || continue
    command=${command#"$typed"}
    COMPREPLY+=("${command%% *}")
  done <<<"$commands"
  [[ ${#COMPREPLY[@]} -eq 0 ]] || return 0
  case $typed in
  'users import ') mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
  'salon policy '?*) mapfile -t COMPREPLY < <(compgen -W 'auto open approval' -- "$cur") ;;
  'role '?*) mapfile -t COMPREPLY < <(compgen -W 'administrator moderator user' -- "$cur") ;;
  esac
}
complete -F _salonctl salonctl
