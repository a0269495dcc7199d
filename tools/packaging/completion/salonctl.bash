# bash completion for salonctl, which itself says what may be typed next.
# Installed as /usr/share/bash-completion/completions/salonctl
_salonctl() {
  local words=() before='' word i begun line
  # Readline cuts words at = and at :, and salonctl is asked with whole ones.
  for ((i = 1; i <= COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if [[ ($word == [=:]* || $before == *[=:]) && ${#words[@]} -gt 0 && $word$before != *' '* ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
    before=$word
  done
  begun=${words[-1]-}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files* ]]; then
      line=${line#:files }
      mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "${begun#"$line"}")
      compopt -o filenames
    else
      COMPREPLY+=("${line#"${begun%"${begun##*[=:]}"}"}")
    fi
  done < <(salonctl --complete "${words[@]}" 2>/dev/null)
  [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
}
complete -F _salonctl salonctl
