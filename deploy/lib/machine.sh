# What the scripts of this folder need of a Debian or Ubuntu machine. Sourced, not run.

# Puts Swift on the path, or ends with one sentence.
find_swift() {
  if ! command -v swift >/dev/null 2>&1; then
    for folder in /opt/swift/usr/bin /usr/share/swift/usr/bin "$HOME/.local/share/swiftly/bin"; do
      if [ -x "$folder/swift" ]; then PATH="$folder:$PATH"; fi
    done
  fi
  if ! command -v swift >/dev/null 2>&1; then
    echo "Swift 6.2 or newer is not on this machine: install it from https://www.swift.org/install and run this again." >&2
    exit 69
  fi
}

# Installs the Debian packages that are missing, as root or with sudo.
install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
      echo "Missing: ${missing[*]}. Install them as root: apt-get install ${missing[*]}" >&2
      exit 69
    }
    as_root=(sudo)
  fi
  echo "installing ${missing[*]}"
  local attempt
  for attempt in 1 2 3; do
    if "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 -qq update >/dev/null &&
      DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 -qq install -y \
        --no-install-recommends "${missing[@]}" >/dev/null; then
      return 0
    fi
    sleep $((attempt * 5))
  done
  echo "The packages ${missing[*]} could not be installed: see apt's messages above." >&2
  exit 69
}
