/** What shells load. Each asks `dimmer __complete` with the words so far; it answers one candidate a line. */
export const SCRIPTS = {
  bash: `# Completion of dimmer for bash. In ~/.bashrc: eval "$(dimmer completion bash)"
_dimmer() {
  local line
  COMPREPLY=()
  # Read line by line: compgen would evaluate what it is given, and bash 3.2 has no mapfile.
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done < <(dimmer __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _dimmer dimmer
`,
  zsh: `#compdef dimmer
# Completion of dimmer for zsh. In ~/.zshrc, after compinit: eval "$(dimmer completion zsh)"
_dimmer() {
  local -a found
  found=(\${(f)"$(dimmer __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#found} )); then
    compadd -a -- found
  else
    _files
  fi
}
compdef _dimmer dimmer
`,
  fish: `# Completion of dimmer for fish. In ~/.config/fish/config.fish: dimmer completion fish | source
function __dimmer_complete
  set -l words (commandline -opc)
  set -e words[1]
  set -l current (commandline -ct)
  dimmer __complete $words "$current" 2>/dev/null
end
complete -c dimmer -f -a '(__dimmer_complete)'
complete -c dimmer -n '__fish_seen_subcommand_from export plan apply generate' -F
`,
} as const;
