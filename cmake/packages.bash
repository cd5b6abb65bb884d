# Which packages attn needs, and how they come onto a Debian or Ubuntu machine. Read by ../attn.
# A feature is base, test or bench.

packages_of() {  # FEATURE...
  local feature
  for feature; do
    case $feature in
      # libarchive-tools has bsdtar, which unpacks what students hand in as zip or tar.
      base) echo g++ cmake ninja-build libxtensor-dev libfmt-dev libyaml-cpp-dev libcli11-dev \
                 libeigen3-dev nlohmann-json3-dev libseccomp-dev libarchive-tools ;;
      test) echo catch2 bubblewrap ;;
      bench) echo libbenchmark-dev ;;
    esac
  done
}

# catch2 stands for version 3, which newer distributions call libcatch2-dev.
missing_packages() {  # FEATURE...
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
install_packages() {  # FEATURE...
  local missing command
  missing=($(missing_packages "$@"))
  ((${#missing[@]})) || return 0
  erase
  if ((EUID == 0)); then
    say "installing what the build needs: ${missing[*]}"
    install_as_root "${missing[@]}"
    return
  fi
  say "the build needs these packages: ${missing[*]}"
  command=("$root/attn" setup "${@:2}")
  if type -P sudo >/dev/null; then
    if sudo -n true 2>/dev/null; then sudo -n "${command[@]}" && return
    elif [[ -t 0 && -t 2 ]]; then sudo "${command[@]}" && return
    fi
    printf -v command '%q ' "${command[@]}"
    say "to install them, run:  sudo ${command% }"
  else
    printf -v command '%q ' "${command[@]}"
    command=${command% }
    say "to install them, run:  su -c ${command@Q}"
  fi
  return 1
}

install_as_root() {  # PACKAGE...
  local packages=("$@") choice=() output status=0
  PATH+=:/usr/sbin:/sbin
  export DEBIAN_FRONTEND=noninteractive
  output=$(mktemp)
  progress 'apt-get ...'
  { make_available && apt_install; } 8>&2 >"$output" 2>&1 </dev/null || status=1
  erase
  ((status)) && { say 'apt-get failed:'; cat "$output" >&2; }
  rm -f "$output"
  return $status
}

# Sees to it that apt knows every package: fetches its lists if they are not there, and where the
# distribution keeps a package in a part that is switched off, switches that on.
make_available() {
  local ID= VERSION_CODENAME=
  . /etc/os-release
  choose || { apt_update && choose; } && return
  case $ID:$VERSION_CODENAME:${packages[*]} in
    ubuntu:*) add_source universe "$VERSION_CODENAME" universe && choose ;;
    debian:bookworm:*catch2*) add_source backports bookworm-backports main && choose ;;
    *) choose ;;
  esac && return
  apt-get -qq -s install "${packages[@]}" >/dev/null &&
    echo 'No source of apt has version 3 of catch2. On Debian 12 it is in bookworm-backports.'
  return 1
}

# Sets $choice to what is installed for $packages, and fails unless apt knows all of it. For catch2 that
# is the newest package of version 3, which on Debian 12 is never apt's own choice.
choose() {
  local package
  choice=()
  for package in "${packages[@]}"; do
    [[ $package == catch2 ]] &&
      package=$(apt-cache madison libcatch2-dev catch2 2>/dev/null |
                awk '$3 + 0 >= 3 {print $1 "=" $3; exit}')
    [[ $package ]] || return
    choice+=("$package")
  done
  apt-get -qq -s --no-install-recommends install "${choice[@]}" >/dev/null 2>&1
}

apt_update() {
  local pause
  for pause in 2 4 0; do
    apt-get -q -o Acquire::Retries=2 update && return
    sleep $pause  # another program may hold the lists, for which apt-get does not wait
  done
  return 1
}

apt_install() {
  local -a install=(apt-get -y -q -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0
    -o Acquire::Retries=2 --no-install-recommends install)
  "${install[@]}" "${choice[@]}" ||  # the lists may be out of date
    { apt_update && choose && "${install[@]}" "${choice[@]}"; }
}

# Adds SUITE and COMPONENT of the distribution to the sources of apt: a copy of the entry by which this
# machine gets the distribution itself, so with the same mirror, the same key and the same options.
add_source() {  # NAME SUITE COMPONENT
  local entry file number target=/etc/apt/sources.list.d/attn-$1
  entry=$(apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(LABEL) $(SOURCESENTRY)' \
            'Created-By: Packages' |
          awk -v codename="$VERSION_CODENAME" '$1 == codename && $2 == "main" &&
            ($3 == "Debian" || $3 == "Ubuntu") {print $4; exit}')
  file=${entry%:*} number=${entry##*:}
  case $file in
    *.sources)
      target+=.sources
      # apt counts paragraphs, but not those that are only comments.
      grep -v '^#' "$file" | awk -v n="$number" -v suite="$2" -v component="$3" '
        BEGIN {RS = ""; FS = OFS = "\n"}
        NR == n {
          for (i = 1; i <= NF; ++i) {
            if (tolower($i) ~ /^types:/) $i = "Types: deb"
            if (tolower($i) ~ /^suites:/) $i = "Suites: " suite
            if (tolower($i) ~ /^components:/) $i = "Components: " component
          }
          print
        }' >"$target" ;;
    *.list)
      target+=.list
      sed -nE "${number}s/^\s*(deb(\s+\[[^]]*\])?\s+\S+)\s.*/\\1 $2 $3/p" "$file" >"$target" ;;
    *) return 1 ;;
  esac
  say "adding $2 $3 to the sources of apt, in $target" 2>&8
  apt_update || { rm -f "$target"; apt_update; return 1; }  # this mirror does not have it
}
