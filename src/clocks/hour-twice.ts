import { formatIso } from '../core/time/time.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Event } from '../model/event.ts';
import type { Micros, TimeBasis } from '../model/time.ts';

const MINUTE_US = 60_000_000;
/** Records stand some minutes apart, so that less than the hour may be seen of it. */
const LEAST_BACK_US = 45 * MINUTE_US;
const MOST_BACK_US = 61 * MINUTE_US;
/** A record that is less behind the latest one is written a little late. */
const LATE_US = 20 * MINUTE_US;
/** So many in a row are no late ones. */
const ENOUGH = 3;
/** What is written at the end of something and stamped with its beginning goes back by itself. */
const OF_BEGINNINGS: ReadonlySet<TimeBasis> = new Set(['flow-start', 'request-start', 'window', 'batch', 'none']);

interface Course {
  source: string;
  line: number;
  latest: number;
  /** The first record behind `latest`, and how many follow each other that are. */
  back: { readonly line: number; readonly at: number } | undefined;
  behind: number;
}

/**
 * Finds logs whose stamps name no zone and go back by an hour, as local time does when summer time ends: of that hour there are two, and
 * no stamp says of which it is. `see` takes the events of a clock in the order of their log.
 */
export class HourTwice {
  readonly #courses = new Map<string, Course>();
  readonly #problems = new Map<string, Diagnostic>();

  see({ time, ref }: Pick<Event, 'time' | 'ref'>, domain: string): void {
    if (time.zone !== 'assumed' || OF_BEGINNINGS.has(time.basis)) return;
    const course = this.#courses.get(domain);
    const { source, line } = ref;
    if (course === undefined || course.source !== source || line <= course.line) {
      this.#courses.set(domain, { source, line, latest: time.at, back: undefined, behind: 0 });
      return;
    }
    course.line = line;
    const back = course.latest - time.at;
    if (back < LATE_US) {
      course.latest = Math.max(course.latest, time.at);
      course.behind = 0;
      course.back = undefined;
    } else if (course.behind > 0 || (back >= LEAST_BACK_US && back <= MOST_BACK_US)) {
      course.back ??= { line, at: time.at };
      course.behind++;
      if (course.behind === ENOUGH) this.#problems.set(source, problemOf(course, course.back));
    }
  }

  problems(): readonly Diagnostic[] {
    return [...this.#problems.values()];
  }
}

function problemOf({ source, latest }: Course, { line, at }: NonNullable<Course['back']>): Diagnostic {
  const clock = (us: number): string => formatIso(us as Micros).slice(11, 16);
  const minutes = Math.round((latest - at) / MINUTE_US);
  const message = `${source}: stamps that name no zone go back by ${minutes} min at line ${line}; where summer time ended, those from ${clock(at)} to ${clock(latest)} (as read, in UTC) may be an hour off, and what is said of their cause wrong`;
  return { severity: 'warning', code: 'hour-twice', message, path: source };
}
