# fish completion for salonctl, which itself says what may be typed next.
# Installed as /usr/share/fish/vendor_completions.d/salonctl.fish
function __salonctl_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (salonctl --complete $words[2..-1] 2>/dev/null)
        if string match -q ':files*' -- $line
            __fish_complete_path (string replace -r '^--[a-z]+=' '' -- (commandline -ct))
        else
            echo $line
        end
    end
end
complete -c salonctl -f -a '(__salonctl_complete)'
