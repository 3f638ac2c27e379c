import { Buffer } from 'node:buffer';
import { KINDS, USES } from '../layout.ts';
import type { Node } from '../operations.ts';
import type { Code, Label, Local } from './code.ts';
import { Cursor } from './cursor.ts';
import { type Global, global, type Helper, helper } from './helpers.ts';

const NEWLINE = 0x0a;
const DNS_PORT = 53;
/** From 10 digits on rules look at a number of bytes. */
const TELLING_DIGITS = 10;

/** What is noted of a line, in local variables until its end. */
const NOTED = ['first', 'second', 'third', 'path', 'moment', 'micros'] as const satisfies readonly Global[];
type Noted = (typeof NOTED)[number];

/** What a line was when several templates may go on. */
interface Kept {
  readonly offset: number;
  readonly locals: ReadonlyMap<Local, Local>;
}

/** Emits what compares a line with operations, one after the other, and notes what their values are for. */
export class Line {
  readonly code: Code;
  readonly #cursor: Cursor;
  readonly #hash: Local;
  readonly #whose: Local;
  readonly #noted: Readonly<Record<Noted, Local>>;

  constructor(code: Code) {
    this.code = code;
    this.#cursor = new Cursor(code);
    this.#hash = code.local('i64');
    this.#whose = code.local('i64');
    this.#noted = {
      first: code.local('i32'),
      second: code.local('i32'),
      third: code.local('i32'),
      path: code.local('i32'),
      moment: code.local('i32'),
      micros: code.local('i32'),
    };
    code.getGlobal(global('seed')).tee(this.#hash).set(this.#whose);
  }

  keep(): Kept {
    const hashes = [this.#hash, this.#whose].map((local) => [local, this.code.local('i64')] as const);
    const numbers = [this.#cursor.at, ...Object.values(this.#noted)];
    const locals = new Map([...hashes, ...numbers.map((local) => [local, this.code.local('i32')] as const)]);
    for (const [local, copy] of locals) this.code.get(local).set(copy);
    return { offset: this.#cursor.offset, locals };
  }

  restore({ offset, locals }: Kept): void {
    for (const [local, copy] of locals) this.code.get(copy).set(local);
    this.#cursor.offset = offset;
  }

  /** `next`: what comes behind it. */
  operation(node: Node, next: Node | undefined, fail: Label): void {
    if (node.kind === KINDS.literal) {
      this.#cursor.literal(Buffer.from(node.literal, 'latin1'), fail);
      return;
    }
    this.#cursor.value(node, next, fail);
    this.#take(node, fail);
    // The stop of the last field, which is no part of what was taken.
    if (node.kind === KINDS.fields) this.#cursor.offset = 1;
  }

  /** The end of the line, where all that was noted is told. */
  end({ length, number }: Node, fail: Label): void {
    const { code } = this;
    const { at } = this.#cursor;
    this.#cursor.settle();
    if (length === 0) code.get(at).load('i32Of8', 0).i32(NEWLINE).op('i32Ne').brIf(fail);
    else {
      code.get(at).call(helper('isOver')).op('i32Eqz').brIf(fail);
      code.i32(length).setGlobal(global('lines'));
    }
    code.get(this.#hash).i64(BigInt(number)).call(helper('mix')).setGlobal(global('hash'));
    code.get(this.#whose).i64(BigInt(number)).call(helper('mix')).setGlobal(global('whose'));
    for (const name of NOTED) code.get(this.#noted[name]).setGlobal(global(name));
    code.get(at).op('return');
  }

  #check(name: Helper, fail: Label): void {
    this.#cursor.ask(name).op('i32Eqz').brIf(fail);
  }

  #note(name: Noted, fn: Helper, fail: Label): void {
    this.#cursor.ask(fn).tee(this.#noted[name]).op('i32Eqz').brIf(fail);
  }

  #mixIn(hash: Local): void {
    this.#cursor.code.get(hash).get(this.#cursor.from).get(this.#cursor.at).call(helper('hashed')).set(hash);
  }

  /** As `take` in ../assembly/matcher.ts. */
  #take({ use }: Node, fail: Label): void {
    const { code } = this;
    const noted = this.#noted;
    if (use === USES.same) this.#mixIn(this.#hash);
    else if (use === USES.whose) this.#mixIn(this.#whose);
    else if (use === USES.client) this.#note('first', 'ipv4', fail);
    else if (use === USES.port) {
      this.#cursor.ask('portOf').tee(noted.second).i32(-1).op('i32Eq').brIf(fail);
      code.get(noted.second).i32(DNS_PORT).op('i32Eq').brIf(fail);
    } else if (use === USES.natPort) this.#cursor.ask('portOf').tee(noted.third).i32(-1).op('i32Eq').brIf(fail);
    else if (use === USES.moment) {
      this.#note('moment', 'momentOf', fail);
      code.get(this.#cursor.from).call(helper('microsOf')).set(noted.micros);
    } else if (use === USES.stamp) this.#check('isStamp', fail);
    else if (use === USES.few) {
      this.#cursor.length().i32(TELLING_DIGITS).op('i32GeU').brIf(fail);
      this.#check('areDigits', fail);
    } else if (use === USES.url) this.#note('path', 'pathOf', fail);
    else if (use === USES.second) this.#note('first', 'secondOf', fail);
    else if (use === USES.epoch) {
      code.get(this.#cursor.from).setGlobal(global('mark'));
      this.#note('first', 'epochOf', fail);
    } else if (use === USES.pid) this.#note('second', 'pidOf', fail);
    else if (use === USES.parent) this.#note('third', 'pidOf', fail);
  }
}
