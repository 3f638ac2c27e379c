import type { CommandShape, OptionShape } from './shape.ts';

/** A completion function for zsh; works as a file `_egressblame` on `$fpath` and when it is sourced. */
export function zshCompletion(shapes: readonly CommandShape[]): string {
  const paths = shapes.filter(({ words }) => words.length > 0).map(({ words }) => words.join(' '));
  return `#compdef egressblame
# egressblame completion for zsh. Use: source <(egressblame completion zsh)
_egressblame() {
  local path_words='' try i
  for ((i = 2; i < CURRENT; i++)); do
    try="\${path_words:+$path_words }\${words[i]}"
    case "$try" in
      ${paths.map((path) => `'${path}'`).join('|')}) path_words=$try ;;
    esac
  done
  local -a follow
  case "$path_words" in
${shapes.map(commandCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _egressblame ]]; then
  _egressblame "$@"
else
  compdef _egressblame egressblame
fi
`;
}

function commandCase({ words, options, follow, takesFiles }: CommandShape): string {
  const lines = [
    `    '${words.join(' ')}')`,
    ...(follow.length === 0
      ? []
      : [
          `      follow=(${follow.map(({ word, describes }) => quoted(`${word}:${describes.replaceAll(':', '\\:')}`)).join(' ')})`,
          "      [[ $PREFIX == -* ]] || _describe 'command' follow",
        ]),
    `      _arguments ${[...options.flatMap(optionSpecs), ...(takesFiles ? ["'*:file:_files'"] : ["'*: :'"])].join(' \\\n        ')}`,
    '      ;;',
  ];
  return lines.join('\n');
}

function optionSpecs({ flags, describes, value }: OptionShape): readonly string[] {
  const text = describes.replace(/[[\]:\\]/g, '\\$&');
  const action =
    value === undefined
      ? ''
      : value === 'file'
        ? ':file:_files'
        : value === 'text'
          ? ':value: '
          : `:value:(${value.join(' ')})`;
  return flags.map((flag) => quoted(`*${flag}[${text}]${action}`));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
