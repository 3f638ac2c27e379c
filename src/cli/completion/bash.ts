import type { CommandShape } from './shape.ts';

/** A completion function for bash 3.2 and later; it needs nothing of bash-completion. */
export function bashCompletion(shapes: readonly CommandShape[]): string {
  const paths = shapes.filter(({ words }) => words.length > 0).map(({ words }) => words.join(' '));
  return `# egressblame completion for bash. Use: source <(egressblame completion bash)
_egressblame() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path='' try i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    try="\${path:+$path }\${COMP_WORDS[i]}"
    case "$try" in
      ${paths.map((path) => `'${path}'`).join('|')}) path=$try ;;
    esac
  done
  case "$path:$prev" in
${shapes.flatMap(valueCases).join('\n')}
  esac
  local flags='' follow='' files=0
  case "$path" in
${shapes.map(commandCase).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
    return
  fi
  COMPREPLY=($(compgen -W "$follow" -- "$cur"))
  if ((files)); then COMPREPLY+=($(compgen -f -- "$cur")); fi
}
complete -o filenames -F _egressblame egressblame
`;
}

function valueCases({ words, options }: CommandShape): readonly string[] {
  const path = words.join(' ');
  return options.flatMap(({ flags, value }) => {
    if (value === undefined) return [];
    const reply =
      value === 'file'
        ? 'COMPREPLY=($(compgen -f -- "$cur"))'
        : value === 'text'
          ? ':'
          : `COMPREPLY=($(compgen -W '${value.join(' ')}' -- "$cur"))`;
    return [`    ${flags.map((flag) => `'${path}:${flag}'`).join('|')}) ${reply}; return ;;`];
  });
}

function commandCase({ words, options, follow, takesFiles }: CommandShape): string {
  const flags = options.flatMap((option) => option.flags).join(' ');
  const names = follow.map(({ word }) => word).join(' ');
  return `    '${words.join(' ')}') flags='${flags}'; follow='${names}'; files=${takesFiles ? 1 : 0} ;;`;
}
