# To be sourced: starts call_server on a free port, and ends it with the script. `CALL_SERVER` names the program; without it, this checkout's is built.

# start_server ARGUMENT... sets URL, TOKEN, MIXER_CALL and MIXER_PARTICIPANTS.
start_server() {
    local first
    if [ -z "${CALL_SERVER:-}" ]; then
        cargo build --package call_server
        CALL_SERVER=target/debug/call_server
    fi
    mkdir -p target/ci
    first=$(mktemp target/ci/server.XXXXXX)
    "$CALL_SERVER" --json --listen 127.0.0.1:0 "$@" >"$first" &
    SERVER=$!
    trap 'status=$?; kill "$SERVER" && wait "$SERVER"; exit $status' EXIT
    for _ in $(seq 300); do
        [ -s "$first" ] && break
        kill -0 "$SERVER" || return 1
        sleep 0.1
    done
    URL=$(field "$first" 'said["url"]')
    TOKEN=$(field "$first" 'said["token"]')
    MIXER_CALL=$(field "$first" 'said["call"]')
    MIXER_PARTICIPANTS=$(field "$first" '" ".join(said["participants"])')
    export URL TOKEN MIXER_CALL MIXER_PARTICIPANTS
}

field() {
    python3 -c 'import json, sys; said = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"
}
