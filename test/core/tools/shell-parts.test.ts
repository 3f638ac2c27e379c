import { describe, expect, it } from 'vitest';
import { shellParts } from '../../../src/core/tools/shell-parts.ts';

/** Of each part its pipeline, words and the files it writes. */
const told = (text: string) =>
  shellParts(text)?.parts.map(({ pipeline, words, writes }) => [pipeline, words.join(' '), ...writes]);
const wordsOf = (text: string) => shellParts(text)?.parts.map(({ words }) => words);
const textsOf = (text: string) => shellParts(text)?.parts.map((part) => part.text);

describe('a shell text', () => {
  it.each<[string, string, readonly (readonly (string | number)[])[]]>([
    ['one command', 'ls -la', [[0, 'ls -la']]],
    ['nothing', '', []],
    ['only blanks and comments', '  # nothing\n\t\n', []],
    [
      'commands one after the other, each a pipeline of its own',
      'a; b && c || d & e\nf',
      [
        [0, 'a'],
        [1, 'b'],
        [2, 'c'],
        [3, 'd'],
        [4, 'e'],
        [5, 'f'],
      ],
    ],
    [
      'the parts of a pipeline, errors included, under one number',
      'a | b |& c; d | e',
      [
        [0, 'a'],
        [0, 'b'],
        [0, 'c'],
        [1, 'd'],
        [1, 'e'],
      ],
    ],
    ['a line that goes on behind a backslash', 'curl \\\n  -s x', [[0, 'curl -s x']]],
    ['no comment behind a word', 'echo a#b #c', [[0, 'echo a#b']]],
    ['no operator in quotes', `echo 'a; b' "c | d" e\\;f`, [[0, 'echo a; b c | d e;f']]],
    ['no settings before a program, but those behind it', 'A=1 B+=2 make C=3', [[0, 'make C=3']]],
    ['a setting alone', 'A=1', [[0, '']]],
    [
      'no words of compound commands',
      'if true; then a; else b; fi',
      [
        [0, 'true'],
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    ['a negated one and one whose time is taken', '! time a', [[0, 'a']]],
  ])('has %s', (_, text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  it.each<[string, string, readonly (readonly (string | number)[])[]]>([
    ['a file', 'a > out.txt', [[0, 'a', 'out.txt']]],
    ['one without a blank', 'a>out.txt', [[0, 'a', 'out.txt']]],
    ['one that grows, is clobbered, takes errors too', 'a >>x >|y 2>e &>z', [[0, 'a', 'x', 'y', 'e', 'z']]],
    ['its name without quotes', `a > "my file"`, [[0, 'a', 'my file']]],
    ['none that is no file', 'a >/dev/null 2>&1 2>&- >/dev/stderr', [[0, 'a']]],
    ['none that is read', 'a < in.txt', [[0, 'a']]],
    ['one that both is read and written, which is read', 'a <> in.txt', [[0, 'a']]],
    ['nothing but a file', '> out.txt', [[0, '', 'out.txt']]],
    ['what stands behind it too', 'a > out.txt b', [[0, 'a b', 'out.txt']]],
    [
      'only its own',
      'a > x; b',
      [
        [0, 'a', 'x'],
        [1, 'b'],
      ],
    ],
  ])('writes %s', (_, text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  it('is told its words as they stand, strings and devices that it is given included', () => {
    expect(textsOf(`A=1 curl "http://x/a b" -d 'c'`)).toEqual([`A=1 curl "http://x/a b" -d 'c'`]);
    expect([textsOf('cat <<< "some text"'), wordsOf('cat <<< "some text"')]).toEqual([['cat "some text"'], [['cat']]]);
    expect([textsOf('cat < /dev/tcp/x/1'), wordsOf('cat < /dev/tcp/x/1')]).toEqual([['cat /dev/tcp/x/1'], [['cat']]]);
    expect(textsOf('cat < file')).toEqual(['cat']);
    expect(textsOf('echo x > /dev/tcp/192.0.2.1/80')).toEqual(['echo x /dev/tcp/192.0.2.1/80']);
  });

  it.each([
    ['single quotes', `'a "b" \\c'`, 'a "b" \\c'],
    ['double quotes', `"a 'b' c"`, `a 'b' c`],
    ['a backslash', 'a\\ b', 'a b'],
    ['pieces of several kinds', `a'b'"c"\\d`, 'abcd'],
  ])('has words without %s', (_, text, word) => {
    expect(wordsOf(text)).toEqual([[word]]);
  });

  describe('here-documents', () => {
    it('are told to the command, whatever follows on its line', () => {
      const text = 'cat <<END > x; b\none\ntwo; three\nEND\nc';
      expect(told(text)).toEqual([
        [0, 'cat', 'x'],
        [1, 'b'],
        [2, 'c'],
      ]);
      expect(textsOf(text)).toEqual(['cat one\ntwo; three', 'b', 'c']);
    });

    it('follow each other in the order of their commands', () => {
      expect(textsOf('a <<X; b <<-Y\n1\nX\n\t2\n\tY\n')).toEqual(['a 1', 'b \t2']);
    });

    it.each([
      ["<<'END'", true],
      ['<<"END"', true],
      ['<<\\END', true],
      ['<<END', false],
    ])('run no commands inside where they begin with %s: %s', (begin, isTold) => {
      expect(shellParts(`cat ${begin}\n$(curl x)\nEND\n`) !== undefined).toBe(isTold);
    });

    it('that have no end cannot be told', () => {
      expect(shellParts('cat <<END\none\n')).toBe(undefined);
      expect(shellParts('cat <<END')).toBe(undefined);
      expect(textsOf('cat <<END\none\nEND')).toEqual(['cat one']);
    });
  });

  it.each([
    ['commands inside of double quotes', 'echo "$(curl x)"'],
    ['a word that goes on in quotes with one', 'echo a"$(curl x)"'],
    ['such between back-quotes', 'echo `curl x`'],
    ['quotes that do not end', `echo 'a`],
    ['double ones', 'echo "a'],
    ['a backslash at the end', 'echo \\'],
    ['more than 64 KiB', `echo ${'x'.repeat(64 * 1024)}`],
  ])('cannot be told with %s', (_, text) => {
    expect(shellParts(text)).toBe(undefined);
  });

  it('can be told where such only look so: in single quotes, and of 64 KiB', () => {
    expect(wordsOf(`echo '$(curl x)' '\`'`)).toEqual([['echo', '$(curl x)', '`']]);
    expect(shellParts(`echo ${'x'.repeat(64 * 1024 - 5)}`)?.parts.length).toBe(1);
  });

  it.each([
    ['a; b | c && d > e', false],
    ['for i in 1 2; do a; done', true],
    ['while a; do b; done', true],
    ['if a; then b; fi', true],
    ['(a; b)', true],
    ['{ a; }', true],
    ['echo $(a)', true],
    ['diff <(a) <(b)', true],
    ['f() { a; }', true],
    ['function f { a; }', true],
    ['echo for if {', false],
    ['case x in y) a;; esac', true],
  ])('%s may pass what one part says to any other: %s', (text, isNested) => {
    expect(shellParts(text)?.isNested).toBe(isNested);
  });

  it('keeps the words of a list, which its body may be told', () => {
    expect(told('for host in a.example b.example; do curl x; done')).toEqual([
      [0, 'for host in a.example b.example'],
      [1, 'curl x'],
    ]);
  });
});
