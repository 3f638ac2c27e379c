import { freeWords } from '../../core/looks/line-template.ts';
import type { Template, TemplatePart } from '../../model/template.ts';

const HEAD = /^((?:node=[\w.-]+ )?type=[A-Z_]+ msg=audit\()(\d{10})(\.)(\d{3})(:)(\d+)(\): )/;
/** The words before the parent's pid have names of their own. */
const CALL = /^(arch=[0-9a-f]+ syscall=\d+ )((?:(?!p?pid=)\w+=[^ ]+ )*)ppid=\d+ pid=\d+ /;
const ADDRESS = /^saddr=[0-9A-F]+/;
const REST: TemplatePart = { kind: 'rest', use: 'free' };

/** What the lines of an event have in common with those of others: a call, and what its other records begin with. */
export function templateOfEvent(text: string): Template | undefined {
  const [first = '', ...others] = text.split('\n');
  const call = templateOfCall(first);
  const rest = others.map(templateOfOther);
  if (call === undefined || rest.some((template) => template === undefined)) return undefined;
  return [...call, ...rest.flatMap((template) => template ?? [])];
}

function templateOfCall(line: string): Template | undefined {
  const head = HEAD.exec(line);
  const call = CALL.exec(line.slice(head?.[0].length));
  if (head === null || call === null) return undefined;
  const [, begin = '', , dot = '', millis = '', colon = '', , end = ''] = head;
  const [, kind = '', words = ''] = call;
  return [
    { literal: begin },
    { kind: 'digits', use: 'epoch', count: 10 },
    { literal: dot },
    { kind: 'digits', use: 'free', count: millis.length },
    { literal: colon },
    { kind: 'digits', use: 'free' },
    { literal: `${end}${kind}` },
    ...freeWords(words),
    { literal: 'ppid=' },
    { kind: 'field', use: 'parent', stop: ' ' },
    { literal: ' pid=' },
    { kind: 'field', use: 'pid', stop: ' ' },
    { literal: ' ' },
    REST,
  ];
}

/** The address of a socket is compared, with all that is said about it. */
function templateOfOther(line: string): Template | undefined {
  const head = HEAD.exec(line);
  if (head === null) return undefined;
  const [all, begin = ''] = head;
  const body = line.slice(all.length);
  const mark: Template = [{ literal: `\n${begin}` }, { kind: 'mark', use: 'free' }];
  const address = begin.includes('type=SOCKADDR ') ? ADDRESS.exec(body)?.[0] : '';
  if (address === undefined) return undefined;
  if (address === '') return [...mark, { literal: ': ' }, REST];
  const separator = body.charAt(address.length);
  const said: Template = separator === '' ? [] : [{ literal: separator }, { kind: 'field', use: 'same', stop: '\n' }];
  const value = { kind: 'field', use: 'same', stop: separator === '' ? '\n' : separator } as const;
  return [...mark, { literal: ': saddr=' }, value, ...said];
}
