# bash completion for attn, and for ./attn, which has a few words of its own.
# The program is asked for its chapters, so that a new chapter needs no change here.

_attn_is_launcher() { [[ $1 == */* && -e ${1%/*}/CMakeLists.txt ]]; }

_attn_chapters() {
  local program=$1
  # Completing must not start a build: the program behind the launcher is asked, if it stands.
  _attn_is_launcher "$program" && program=${program%/*}/build/release/attn
  "$program" list --names 2>/dev/null
}

_attn() {
  local program=${1/#\~/$HOME} current=$2 previous=$3 command= words= files= i path
  [[ $current == '=' ]] && current=
  [[ $previous == '=' ]] && previous=${COMP_WORDS[COMP_CWORD - 2]}  # --format=json
  for ((i = 1; i < COMP_CWORD; ++i)); do
    [[ ${COMP_WORDS[i]} != -* ]] && { command=${COMP_WORDS[i]}; break; }
  done

  COMPREPLY=()
  case $previous in
    --format) words='text json' ;;
    --color) words='auto always never' ;;
    --precision) words='2 3 4 6 8 17' ;;
    --out | --gradescope | --github)
      case $command:$previous in
        handout:--out | cases:--out) files='/$' ;;
        handout:*) words='--out --seed --help' ;;
        *) files='' ;;
      esac ;;
    --npy | --submissions | --cases) files='/$' ;;
    --submission) files='' ;;
    --sandbox) words='auto bubblewrap kernel' ;;
    --seed | --count | --rounds | --jobs | --memory | --seconds | --command) return ;;
    --set | --steps | --absolute | --relative) return ;;
    *)
      case $command in
        '')
          words="$(_attn_chapters "$program") list check diff grade hint watch handout cases course
                 --help --version"
          _attn_is_launcher "$program" && words+=' test bench build setup' ;;
        list) words='--names --help' ;;
        check) words='--color --help' files='\.ya?ml$' ;;
        diff) words='--absolute --relative --help' files='\.json$' ;;
        grade)
          words="$(_attn_chapters "$program") --course --github --color --submissions --submission
                 --cases --out --gradescope --command --jobs --sandbox --memory --seconds --help" ;;
        hint) words='--help' ;;
        watch) words="$(_attn_chapters "$program") --rounds --color --help" ;;
        handout) words="$(_attn_chapters "$program") --out --github --gradescope --seed --help" ;;
        cases) words="$(_attn_chapters "$program") --seed --out --count --help" ;;
        course) words="check $(_attn_chapters "$program") --help" ;;
        test | bench | build | setup) return ;;
        *)
          words='--set --steps --gradients --format --out --npy --precision --color --show-config
                 --show-fields --show-schema --help'
          files='\.ya?ml$' ;;
      esac ;;
  esac

  if [[ $words && ($current == -* || ! $files) ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    compopt -o filenames 2>/dev/null
    while IFS= read -r path; do
      [[ -d $path || $path =~ $files ]] && COMPREPLY+=("$path")
    done < <(compgen -f -- "$current")
  fi
}

complete -F _attn attn
