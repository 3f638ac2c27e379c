import { at, type JsonObject, textOf } from '../../core/json/json.ts';
import type { Instant } from '../../core/time/instant.ts';

/** Lines of a copy are written at once, the first one of the model's own turn long after: microseconds. */
const LONGEST_PAUSE_US = 500_000;

/**
 * A session that was forked from another one, and that of a subagent which was given its parent's history, begin with the other's lines:
 * its `session_meta`, then all that was said and called, stamped anew with the moment of the copy.
 */
export class CopiedHistory {
  #own: string | undefined;
  #isFork = false;
  #last: Instant | undefined;

  /** Whether a line is of the copy. Asked for each line in order. */
  holds(type: string, payload: JsonObject, stamp: Instant | undefined): boolean {
    const isMeta = type === 'session_meta';
    const id = textOf(payload['id']) ?? textOf(payload['session_id']);
    if (isMeta && this.#own === undefined) {
      this.#own = id;
      this.#isFork =
        textOf(payload['forked_from_id']) !== undefined ||
        textOf(at(payload, 'source', 'subagent', 'thread_spawn', 'parent_thread_id')) !== undefined;
      return false;
    }
    if (isMeta && this.#isFork && id !== undefined && id !== this.#own) this.#last = stamp;
    if (this.#last === undefined || stamp === undefined) return false;
    if (stamp.stamp.at - this.#last.stamp.at > LONGEST_PAUSE_US) {
      this.#last = undefined;
      this.#isFork = false;
      return false;
    }
    this.#last = stamp;
    return true;
  }
}
