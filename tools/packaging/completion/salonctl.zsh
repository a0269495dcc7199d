#compdef salonctl
# zsh completion for salonctl, which itself says what may be typed next.
# Installed as /usr/share/zsh/vendor-completions/_salonctl
_salonctl() {
  local line
  for line in "${(@f)$(salonctl --complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :files*) compset -P "${line#:files }"; _files ;;
      *=) compadd -S '' -- "$line" ;;
      *) compadd -- "$line" ;;
    esac
  done
}
_salonctl "$@"
