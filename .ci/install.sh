# To be sourced: puts in place what the outside proofs need.

# debian_packages PROGRAM:PACKAGE... installs the packages whose programs are missing.
debian_packages() {
    local missing=() each
    for each in "$@"; do
        command -v "${each%%:*}" >/dev/null || missing+=("${each#*:}")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
    fi
}

# python_packages NAME REQUIREMENT... makes target/ci/NAME, a place of their own for Python packages.
python_packages() {
    local place=target/ci/$1
    shift
    [ -x "$place/bin/python" ] || python3 -m venv "$place"
    "$place/bin/pip" install --quiet --disable-pip-version-check "$@"
}
