import { parseSyslog } from '../../core/lines/syslog.ts';
import type { DecodeContext } from '../../model/format.ts';
import type { AuditRecord } from './record.ts';

/** What the journal prints of a record, `audit[31]: SYSCALL arch=..`: its serial is in a field that the text leaves out. */
const LINE = /\baudit(?:\[\d+\])?: ([A-Z][A-Z0-9_]{2,30}) (?=[a-z][\w-]*=)/;
const CALLS = new Set(['SYSCALL', 'URINGOP']);
/** Number of records that belong to no known call. */
const NONE = '-1';

/** Calls of one stamp whose titles, which end them, are still to come. */
interface Running {
  readonly raw: string;
  readonly calls: number;
  /** Several at once: what follows may be of any of them. */
  readonly isMixed: boolean;
}

const OF_CALL = /\baudit(?:\[\d+\])?: (?:SYSCALL|URINGOP|EXECVE|CWD|PATH|SOCKADDR|PROCTITLE) (?=[a-z][\w-]*=)/;

export const isJournalText = (text: string): boolean => OF_CALL.test(text);
export const isOfNoCall = ({ serial }: AuditRecord): boolean => serial === NONE;

/** Numbers the events of a journal that was printed as text: the records that follow a call under its stamp are its own. */
export class JournalText {
  readonly #context: DecodeContext;
  #serial = 0;
  #running: Running | undefined;

  /** `before`: of the piece of the log before this one. */
  constructor(context: DecodeContext, before?: JournalText) {
    this.#context = context;
    if (before === undefined) return;
    this.#serial = before.#serial;
    this.#running = before.#running;
  }

  head(text: string): AuditRecord | undefined {
    const line = LINE.exec(text);
    const { reference, zoneOffsetMin } = this.#context;
    const header = line === null ? undefined : parseSyslog(text, reference, zoneOffsetMin);
    if (line === null || header?.stamp === undefined) return undefined;
    const [all, type = ''] = line;
    const serial = CALLS.has(type) ? this.#begin(header.rawTime) : this.#follow(type, header.rawTime);
    const node = header.host === undefined ? {} : { node: header.host };
    const body = text.slice(line.index + all.length);
    return { ...node, type, stamp: header.rawTime, serial, body, time: header.stamp };
  }

  #begin(raw: string): string {
    const before = this.#running?.raw === raw ? this.#running.calls : 0;
    this.#running = { raw, calls: before + 1, isMixed: before > 0 };
    this.#serial++;
    return String(this.#serial);
  }

  #follow(type: string, raw: string): string {
    const running = this.#running;
    if (running?.raw !== raw || running.calls === 0) return NONE;
    if (type === 'PROCTITLE') this.#running = { ...running, calls: running.calls - 1 };
    return running.isMixed ? NONE : String(this.#serial);
  }
}
