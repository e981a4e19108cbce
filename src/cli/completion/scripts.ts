/**
 * Completion scripts by shell. Each runs `signer complete -- WORDS…` and reads lines of a word, a tab and a
 * description. The typed words are passed without evaluation, so that TAB does not run a `$(…)` in them.
 */
export const scripts = {
  /** Bash 3.2 and later, without the bash-completion package. */
  bash: `\
_signer_complete() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(signer complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _signer_complete signer
`,
  zsh: `\
#compdef signer
_signer() {
  local line
  local -a found
  for line in "\${(@f)$(signer complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#found )); then _describe 'signer' found; else _files; fi
}
if [[ $funcstack[1] == _signer ]]; then
  _signer "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i; }
  compdef _signer signer
fi
`,
  fish: `\
function __signer_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found (signer complete -- $words[2..-1] "$current" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c signer -f -a '(__signer_complete)'
`,
} as const;

/** A shell with a completion script. */
export type Shell = keyof typeof scripts;

/** All shells with a completion script. */
export const shells = Object.keys(scripts) as Shell[];
