# Which packages attn needs, and how they come onto a Debian or Ubuntu machine. Read by ../attn.
# A feature is base, test or bench.

packages_of() {  # FEATURE…
  local feature
  for feature; do
    case $feature in
      base) echo g++ cmake ninja-build libxtensor-dev libfmt-dev libyaml-cpp-dev libcli11-dev \
                 libeigen3-dev nlohmann-json3-dev ;;
      test) echo catch2 ;;
      bench) echo libbenchmark-dev ;;
    esac
  done
}

# catch2 stands for version 3, which newer distributions call libcatch2-dev.
missing_packages() {  # FEATURE…
  local package names
  type -P dpkg-query >/dev/null || return
  for package in $(packages_of "$@"); do
    names=$package
    [[ $package == catch2 ]] && names='libcatch2-dev catch2'
    dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' $names 2>/dev/null |
      grep -v ' catch2 [0-2][.]' | grep -q '^installed ' || echo "$package"
  done
}

# As root installs them; else does so through sudo, or says what to run.
install_packages() {  # FEATURE…
  local missing
  missing=$(missing_packages "$@")
  [[ $missing ]] || return 0
  missing=${missing//$'\n'/ }
  erase
  if ((EUID == 0)); then
    say "installing what is missing: $missing"
    install_as_root "$@"
    return
  fi
  say "these packages are needed: $missing"
  local command
  printf -v command '%q ' "$root/attn" setup "${@:2}"
  if type -P sudo >/dev/null; then
    if sudo -n true 2>/dev/null; then sudo -n "$root/attn" setup "${@:2}" && return
    elif [[ -t 0 && -t 2 ]]; then
      say "installing them with sudo"
      sudo "$root/attn" setup "${@:2}" && return
    fi
    say "to install them, run:  sudo $command"
  else
    say "to install them, run:  su -c ${command@Q}"
  fi
  return 1
}

install_as_root() {  # FEATURE…
  local packages output status=0
  PATH+=:/usr/sbin:/sbin
  export DEBIAN_FRONTEND=noninteractive
  packages=($(missing_packages "$@"))
  output=$(mktemp)
  progress 'apt-get …'
  { make_available && apt_install; } </dev/null >"$output" 2>&1 || status=1
  erase
  ((status)) && { say 'apt-get failed:'; cat "$output" >&2; }
  rm -f "$output"
  return $status
}

# Sees to it that apt knows every package: fetches its lists if they are not there, and where the
# distribution keeps a package in a section that is switched off, switches that on.
make_available() {
  local ID= VERSION_CODENAME=
  . /etc/os-release
  known || apt_update || return
  known && return
  case $ID:$VERSION_CODENAME in
    ubuntu:*) add_source universe "$VERSION_CODENAME" universe && apt_update ;;
    debian:bookworm) add_source backports bookworm-backports main && apt_update ;;
  esac
  known || apt-get -s install "${packages[@]}"  # for its message
}

# Is there a candidate for each of $packages? catch2 is replaced by the newest package with version 3,
# which on Debian 12 is never the default candidate.
known() {
  local i catch2
  for i in "${!packages[@]}"; do
    [[ ${packages[i]} == catch2 ]] || continue
    catch2=$(apt-cache madison libcatch2-dev catch2 2>/dev/null |
      awk '$3 + 0 >= 3 {print $1 "=" $3; exit}')
    [[ $catch2 ]] || return
    packages[i]=$catch2
  done
  apt-get -qq -s --no-install-recommends install "${packages[@]}" >/dev/null 2>&1
}

apt_update() {
  local attempt
  for attempt in 1 2 3 4 5; do
    apt-get -q update && return
    sleep $attempt  # another program may hold the lists, for which apt-get does not wait
  done
  return 1
}

apt_install() {
  local -a install=(apt-get -y -q -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0
    --no-install-recommends install "${packages[@]}")
  "${install[@]}" || { apt_update && "${install[@]}"; }  # lists out of date
}

# Adds SUITE and COMPONENT of the distribution, copied from the entry by which this machine gets the
# distribution itself: the same mirror, the same key, the same options.
add_source() {  # NAME SUITE COMPONENT
  local entry file number target=/etc/apt/sources.list.d/attn-$1
  entry=$(apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(LABEL) $(SOURCESENTRY)' \
            'Created-By: Packages' |
          awk -v codename="$VERSION_CODENAME" '$1 == codename && $2 == "main" &&
            ($3 == "Debian" || $3 == "Ubuntu") {print $4; exit}')
  file=${entry%:*} number=${entry##*:}
  case $file in
    *.sources)
      awk -v n="$number" -v suite="$2" -v component="$3" '
        BEGIN {RS = ""; FS = OFS = "\n"}
        NR == n {
          for (i = 1; i <= NF; ++i) {
            if (tolower($i) ~ /^types:/) $i = "Types: deb"
            if (tolower($i) ~ /^suites:/) $i = "Suites: " suite
            if (tolower($i) ~ /^components:/) $i = "Components: " component
          }
          print
        }' "$file" >"$target.sources" ;;
    *.list)
      sed -nE "${number}s/^(deb( +\[[^]]*\])? +[^ ]+) .*/\\1 $2 $3/p" "$file" >"$target.list" ;;
    *) return 1 ;;
  esac
}
