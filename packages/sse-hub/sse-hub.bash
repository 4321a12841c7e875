# bash completion for sse-hub. The options are those of `sse-hub --help`: tests/dist holds them together.

_sse_hub() {
    local commands='serve launch status top metrics upgrade stop'
    local options='--socket --all --json --group --shards --idle-exit --backlog-events --backlog-bytes
        --backlog-age --replay-events --replay-bytes --queue --compression-memory --metrics --max-event
        --redis-wait --help --version'
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    case $previous in
        --socket) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        --group) mapfile -t COMPREPLY < <(compgen -g -- "$word") ;;
        --metrics) mapfile -t COMPREPLY < <(compgen -W '127.0.0.1:9100' -- "$word") ;;
        --shards | --idle-exit | --backlog-* | --replay-* | --queue | --compression-memory | --max-event | --redis-wait)
            COMPREPLY=() ;;
        *)
            if [[ $word == -* ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
            else
                mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
            fi
            ;;
    esac
}

complete -F _sse_hub sse-hub
