import type { Import, Type } from './code.ts';

/** Functions of the matcher that compiled templates call, with the types of what they take and give. See ../assembly/matcher.ts. */
const FUNCTIONS = {
  text: ['i32', 'i32'],
  scalar: ['i32', 'i32'],
  anyValue: ['i32', 'i32'],
  digits: ['i32', 'i32'],
  field: ['i32', 'i32', 'i32', 'i32'],
  fields: ['i32', 'i32', 'i32', 'i32', 'i32'],
  markEnd: ['i32', 'i32'],
  lineEnd: ['i32', 'i32'],
  isOver: ['i32', 'i32'],
  areDigits: ['i32', 'i32', 'i32'],
  hashed: ['i64', 'i32', 'i32', 'i64'],
  mix: ['i64', 'i64', 'i64'],
  ipv4: ['i32', 'i32', 'i32'],
  portOf: ['i32', 'i32', 'i32'],
  pidOf: ['i32', 'i32', 'i32'],
  momentOf: ['i32', 'i32', 'i32'],
  microsOf: ['i32', 'i32'],
  isStamp: ['i32', 'i32', 'i32'],
  secondOf: ['i32', 'i32', 'i32'],
  epochOf: ['i32', 'i32', 'i32'],
  pathOf: ['i32', 'i32', 'i32'],
} as const satisfies Readonly<Record<string, readonly Type[]>>;

/** Its variables: what was noted of a line, and of all lines. */
const GLOBALS = {
  seed: 'i64',
  hash: 'i64',
  whose: 'i64',
  first: 'i32',
  second: 'i32',
  third: 'i32',
  path: 'i32',
  moment: 'i32',
  micros: 'i32',
  lines: 'i32',
  mark: 'i32',
} as const satisfies Readonly<Record<string, Type>>;

export type Helper = keyof typeof FUNCTIONS;
export type Global = keyof typeof GLOBALS;

const FUNCTION_NAMES = Object.keys(FUNCTIONS) as readonly Helper[];
const GLOBAL_NAMES = Object.keys(GLOBALS) as readonly Global[];

export const IMPORTS: readonly Import[] = [
  ...FUNCTION_NAMES.map((name) => {
    const types: readonly Type[] = FUNCTIONS[name];
    return { name, kind: { parameters: types.slice(0, -1), result: types.at(-1) ?? 'i32' } };
  }),
  ...GLOBAL_NAMES.map((name) => ({ name, kind: { global: GLOBALS[name] } })),
];

export function helper(name: Helper): number {
  return FUNCTION_NAMES.indexOf(name);
}

export function global(name: Global): number {
  return GLOBAL_NAMES.indexOf(name);
}
