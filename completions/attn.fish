# fish completion for attn, and for ./attn, which has a few words of its own.
# The program is asked for its chapters, so that a new chapter needs no change here.

function __attn_root -d 'The folder of the launcher, if the command line starts with it'
    set -l program (commandline -opc)[1]
    string match -q '*/*' -- $program; or return 1
    set -l folder (dirname -- (string replace -r '^~' $HOME -- $program))
    test -e $folder/CMakeLists.txt; and echo $folder
end

function __attn_chapters
    # Completing must not start a build: the program behind the launcher is asked, if it stands.
    if set -l folder (__attn_root)
        test -x $folder/build/release/attn; and $folder/build/release/attn list --names 2>/dev/null
    else
        eval (commandline -opc)[1] list --names 2>/dev/null
    end
end

function __attn_in_chapter
    not __fish_use_subcommand
    and not __fish_seen_subcommand_from list check diff test bench build setup \
        grade hint watch handout cases course
end

complete -c attn -f
complete -c attn -n __fish_use_subcommand -a '(__attn_chapters)' -d chapter
complete -c attn -n __fish_use_subcommand -a list -d 'the chapters in reading order'
complete -c attn -n __fish_use_subcommand -a check -d 'run configs and compare with their expect:'
complete -c attn -n __fish_use_subcommand -a diff -d 'the first step and cell in which two traces differ'
complete -c attn -n __fish_use_subcommand -a grade -d 'your steps, or a folder of submissions'
complete -c attn -n __fish_use_subcommand -a hint -d 'a hint for a step'
complete -c attn -n __fish_use_subcommand -a watch -d 'build and grade whenever you save'
complete -c attn -n __fish_use_subcommand -a handout -d 'a tree for students, its steps blank'
complete -c attn -n __fish_use_subcommand -a cases -d 'configs to grade with'
complete -c attn -n __fish_use_subcommand -a course -d 'that the exercises hold'
complete -c attn -n '__fish_use_subcommand; and __attn_root >/dev/null' -a test -d 'build and run the tests'
complete -c attn -n '__fish_use_subcommand; and __attn_root >/dev/null' -a bench -d 'build and run the benchmarks'
complete -c attn -n '__fish_use_subcommand; and __attn_root >/dev/null' -a build -d 'only build the program'
complete -c attn -n '__fish_use_subcommand; and __attn_root >/dev/null' -a setup -d 'only install the packages needed'
complete -c attn -n __fish_use_subcommand -l version -d 'print the version'
complete -c attn -l help -d 'print help'

complete -c attn -n __attn_in_chapter -k -a '(__fish_complete_suffix .yaml)'
complete -c attn -n __attn_in_chapter -l set -x -d 'override a value of the config'
complete -c attn -n __attn_in_chapter -l steps -x -d 'only these steps: ids or a range'
complete -c attn -n __attn_in_chapter -l gradients -d 'the backward pass too'
complete -c attn -n __attn_in_chapter -l format -x -a 'text json' -d 'how the trace is written'
complete -c attn -n __attn_in_chapter -l out -r -F -d 'write to a file'
complete -c attn -n __attn_in_chapter -l npy -x -a '(__fish_complete_directories)' -d 'write each tensor as a NumPy file'
complete -c attn -n __attn_in_chapter -l precision -x -a '2 3 4 6 8 17' -d 'digits shown'
complete -c attn -n __attn_in_chapter -l show-config -d 'print the default config'
complete -c attn -n __attn_in_chapter -l show-fields -d 'print what a config may contain'
complete -c attn -n __attn_in_chapter -l show-schema -d 'the same as a JSON Schema'
complete -c attn -n '__attn_in_chapter; or __fish_seen_subcommand_from check' -l color -x -a 'auto always never' -d colour

complete -c attn -n '__fish_seen_subcommand_from list' -l names -d 'only their names, one a line'
complete -c attn -n '__fish_seen_subcommand_from check' -k -a '(__fish_complete_suffix .yaml)'
complete -c attn -n '__fish_seen_subcommand_from diff' -k -a '(__fish_complete_suffix .json)'
complete -c attn -n '__fish_seen_subcommand_from diff' -l absolute -x -d 'allowed absolute difference'
complete -c attn -n '__fish_seen_subcommand_from diff' -l relative -x -d 'allowed relative difference'

complete -c attn -n '__fish_seen_subcommand_from grade watch handout cases course' -a '(__attn_chapters)' -d chapter
complete -c attn -n '__fish_seen_subcommand_from course' -a check -d 'hand out, solve and grade every step'
complete -c attn -n '__fish_seen_subcommand_from grade' -l course  -d 'with a line for each chapter'
complete -c attn -n '__fish_seen_subcommand_from grade' -l github -r -F -d 'for the reporter'
complete -c attn -n '__fish_seen_subcommand_from grade watch' -l color -x -a 'auto always never' -d 'colour'
complete -c attn -n '__fish_seen_subcommand_from grade' -l submissions -x -a '(__fish_complete_directories)' -d 'a folder of submissions'
complete -c attn -n '__fish_seen_subcommand_from grade' -l submission -r -F -d 'a single one'
complete -c attn -n '__fish_seen_subcommand_from grade' -l cases -x -a '(__fish_complete_directories)' -d 'configs to grade with'
complete -c attn -n '__fish_seen_subcommand_from grade handout cases' -l out -x -a '(__fish_complete_directories)' -d 'a folder'
complete -c attn -n '__fish_seen_subcommand_from grade' -l gradescope -r -F -d 'results.json'
complete -c attn -n '__fish_seen_subcommand_from grade' -l command -x -d 'run this instead of building'
complete -c attn -n '__fish_seen_subcommand_from grade' -l jobs -x -d 'how many at a time'
complete -c attn -n '__fish_seen_subcommand_from grade' -l sandbox -x -a 'auto bubblewrap kernel' -d 'what holds them'
complete -c attn -n '__fish_seen_subcommand_from grade' -l memory -x -d 'MiB of a run'
complete -c attn -n '__fish_seen_subcommand_from grade' -l seconds -x -d 'of a case'
complete -c attn -n '__fish_seen_subcommand_from watch' -l rounds -x -d 'end after so many'
complete -c attn -n '__fish_seen_subcommand_from handout' -l github  -d 'with a workflow'
complete -c attn -n '__fish_seen_subcommand_from handout' -l gradescope  -d 'an autograder instead'
complete -c attn -n '__fish_seen_subcommand_from handout cases' -l seed -x -d 'other seeds, other cases'
complete -c attn -n '__fish_seen_subcommand_from cases' -l count -x -d 'how many to draw at least'
