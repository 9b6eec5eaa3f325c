# Sourced by the scripts: a virtual environment with the pinned versions, made once and renewed when they change.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
venv="${CATALOG_VENV:-$root/.venv}"

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.14 python3.13 python3.12 python3.11 python3; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  echo "需要 Python 3.11 或更新版本。Python 3.11 or newer is needed (set PYTHON to its path)." >&2
  return 1
}

# install_into_venv EXTRAS: e.g. "[postgresql]"
install_into_venv() {
  local stamp want
  want="$1 $(cat "$root/pyproject.toml" "$root/constraints.txt" | cksum)"
  stamp="$venv/.installed"
  if [ -f "$stamp" ] && grep -qxF "$want" "$stamp"; then return; fi
  if [ ! -x "$venv/bin/python" ]; then
    local python
    python="$(find_python)" || exit 1
    "$python" -m venv "$venv" || {
      echo "无法建立虚拟环境（Debian 请安装 python3-venv）。Cannot make a virtual environment (on Debian: apt install python3-venv)." >&2
      exit 1
    }
  fi
  echo "安装依赖 Installing the pinned versions …" >&2
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -c "$root/constraints.txt" -e "$root$1"
  echo "$want" >>"$stamp"
}
