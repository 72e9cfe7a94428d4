# Shared by run, test, bench and lock: a Python, an own environment made from a lock file, and system packages.
# Sourced by bash 3.2 or newer. Progress goes to standard error; standard output belongs to the program started.
# Every failure ends with a sentence that says what to do.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cache=$root/.cache

# A closed standard input would hand its number to the next file opened.
if ! { : 3<&0; } 2>/dev/null; then exec </dev/null; fi

say() { printf 'lineclear: %s\n' "$1" >&2; }

fail() { # problem, remedy
    printf 'lineclear: %s\n  What to do: %s\n' "$1" "$2" >&2
    exit 1
}

# Runs a command with its output kept in a file, and shows the end of that file only when it fails.
quietly() { # log file, command...
    local log=$1
    shift
    mkdir -p "$(dirname -- "$log")"
    if "$@" </dev/null >"$log" 2>&1; then return 0; fi
    tail -n 20 "$log" >&2
    return 1
}

# The interpreter behind a name, or nothing when the name leads nowhere or to something older than 3.12.
# A pyenv shim may resolve to nothing, so that only running it tells.
interpreter() {
    "$1" -c 'import sys; sys.version_info < (3, 12) and sys.exit(1); print(sys.executable)' </dev/null 2>/dev/null
}

find_python() {
    local candidate found
    if [ -n "${LINECLEAR_PYTHON:-}" ]; then
        interpreter "$LINECLEAR_PYTHON" || fail \
            "LINECLEAR_PYTHON names $LINECLEAR_PYTHON, which is no Python 3.12 or newer." \
            "Set LINECLEAR_PYTHON to the full path of a newer Python, or unset it."
        return
    fi
    for candidate in python3.12 python3.13 python3.14 python3 python \
        "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.1[2-9]*/bin/python3; do
        if found=$(interpreter "$candidate"); then
            printf '%s\n' "$found"
            return
        fi
    done
    # uv can bring its own Python: its own managed one is named here, or 3.12 is left to it to fetch.
    if command -v uv >/dev/null 2>&1; then
        uv python find '>=3.12' 2>/dev/null </dev/null || printf '3.12\n'
        return
    fi
    fail "No Python 3.12 or newer was found." \
        "Install Python 3.12 (Debian 13, Ubuntu 24.04: apt-get install python3 python3-venv; macOS: brew install python@3.12; anywhere: uv), or set LINECLEAR_PYTHON to one, then run this again."
}

# Installs system packages as root on Debian and its kin; says what to type everywhere else.
system_packages() { # why, packages...
    local why=$1
    shift
    if ! command -v apt-get >/dev/null 2>&1; then
        fail "$why" "Install what Debian calls: $*. Then run this again."
    fi
    if [ "$(id -u)" != 0 ]; then
        fail "$why" "Type: sudo apt-get update && sudo apt-get install --yes $*"
    fi
    say "$why Installing $* ..."
    export DEBIAN_FRONTEND=noninteractive
    # A package list that cannot be renewed may still be good enough: the installation decides.
    quietly "$cache/apt-update.log" apt-get -q update || say "apt-get update failed; trying with the list at hand."
    quietly "$cache/apt-install.log" apt-get install --yes --no-install-recommends "$@" || fail \
        "apt-get could not install $*." \
        "Read the lines above, mend what they name (often the network or a package source), then run this again."
}

is_ready() { # environment, lock file
    [ -x "$1/bin/python" ] && cmp -s "$2" "$1/installed.lock"
}

# One build at a time per environment: the second waits for the first. A dead holder is taken over.
hold() {
    local holder
    until mkdir "$1" 2>/dev/null; do
        holder=$(cat "$1/pid" 2>/dev/null || true)
        if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
            rm -rf "$1"
        else
            say "Waiting for another start that is preparing the environment (remove $1 if there is none) ..."
            sleep 2
        fi
    done
    printf '%s\n' "$$" >"$1/pid"
}

build_environment() { # environment, lock file
    local directory=$1 lock=$2 base log=$1.log count
    base=$(find_python)
    count=$(grep -c '^[A-Za-z0-9]' "$lock" || true)
    say "Preparing an environment in ${directory#"$root"/} with $count packages; the first time takes a minute or two ..."
    rm -rf "$directory"
    if command -v uv >/dev/null 2>&1; then
        quietly "$log" uv venv --python "$base" "$directory" || fail \
            "uv could not make an environment." "Install Python 3.12 or newer, then run this again."
        quietly "$log" uv pip install --python "$directory/bin/python" --require-hashes --only-binary :all: -r "$lock" ||
            fail_install "$log"
    else
        if ! "$base" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            system_packages "This Python has no venv module." python3-venv
        fi
        quietly "$log" "$base" -m venv "$directory" || fail \
            "Python could not make an environment in $directory." \
            "See that the disk has 1 GB free and that the folder can be written, then run this again."
        quietly "$log" "$directory/bin/python" -m pip install --disable-pip-version-check --no-input \
            --require-hashes --only-binary :all: -r "$lock" || fail_install "$log"
    fi
    make_importable "$directory"
    cp "$lock" "$directory/installed.lock"
    say "The environment is ready."
}

fail_install() { # log file
    fail "The locked packages could not be installed (log: $1)." \
        "See that the package registry can be reached (behind a proxy: set HTTPS_PROXY; a mirror: set PIP_INDEX_URL or UV_DEFAULT_INDEX) and that the disk has 1 GB free, then run this again."
}

# Makes the project's own package importable and gives it its command. Both are relative, so that the folder can move.
make_importable() { # environment
    "$1/bin/python" - "$root/app" <<'PYTHON'
import os, sys, sysconfig
site = sysconfig.get_path("purelib")
with open(os.path.join(site, "lineclear.pth"), "w", encoding="utf-8") as file:
    file.write(os.path.relpath(os.path.realpath(sys.argv[1]), os.path.realpath(site)) + "\n")
PYTHON
    cat >"$1/bin/lineclear" <<'LAUNCHER'
#!/bin/sh
'''exec' "$(dirname -- "$0")/python" "$0" "$@"
' '''
import sys

from lineclear.cli import main

sys.argv[0] = "lineclear"
sys.exit(main())
LAUNCHER
    chmod +x "$1/bin/lineclear"
}

# Sees to an environment made from exactly this lock file; sets $environment and $python.
use_environment() { # name, lock file
    environment=$cache/$1
    python=$environment/bin/python
    if is_ready "$environment" "$2"; then return; fi
    mkdir -p "$cache"
    hold "$environment.building"
    trap 'rm -rf "$environment.building"' EXIT
    if ! is_ready "$environment" "$2"; then build_environment "$environment" "$2"; fi
    rm -rf "$environment.building"
    trap - EXIT
}

# Sees to the system libraries that Qt loads: "core" without a screen, "screen" with one.
use_qt_libraries() { # core or screen
    local missing packages libraries
    if missing=$("$python" "$root/packaging/qt_libraries.py" "$1"); then return; fi
    { read -r packages; read -r libraries; } <<<"$missing"
    if [ -z "$packages" ]; then
        fail "Qt does not find these system libraries: $libraries." "Install the packages that hold them, then run this again."
    fi
    # A list of package names, split on purpose.
    # shellcheck disable=SC2086
    system_packages "Qt lacks system libraries." $packages
    if ! missing=$("$python" "$root/packaging/qt_libraries.py" "$1"); then
        { read -r packages; read -r libraries; } <<<"$missing"
        fail "Qt still does not find these system libraries: $libraries." "Install the packages that hold them, then run this again."
    fi
}

# Sees to PostgreSQL's own programs. Without them the tests that need them are skipped, or fail where CI=true.
use_postgres() {
    if "$python" "$root/tests/support_postgres.py" >/dev/null; then return; fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        system_packages "The tests want PostgreSQL, which is not here." postgresql
    else
        say "PostgreSQL is not here: its tests are skipped. To run them, install the package postgresql (Debian: sudo apt-get install --yes postgresql; macOS: brew install postgresql) or set LINECLEAR_POSTGRES_BIN to the folder of initdb."
    fi
}

# Some tests compare with git, and the fault suite watches system calls; without a program they are skipped.
use_program() { # program and package of one name
    if command -v "$1" >/dev/null 2>&1; then return; fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        system_packages "The tests want $1, which is not here." "$1"
    else
        say "$1 is not here: the tests that need it are skipped. To run them, install the package $1."
    fi
}

# Everything that tests and benchmarks need.
use_test_environment() {
    use_environment test "$root/packaging/requirements-dev.lock"
    use_qt_libraries core
    use_postgres
    use_program git
    if [ "$(uname -s)" = Linux ]; then use_program strace; fi
    export QT_QPA_PLATFORM=offscreen
}
