import type { Event } from '../../model/event.ts';
import type { DecodeContext } from '../../model/format.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { compact } from '../json/json.ts';
import { callEvent, type ModelCall, sandboxOfPath, toolResults, windowTime } from './model-calls.ts';
import { taskPrompt } from './prompts.ts';

interface OpenTurn {
  readonly calls: readonly ModelCall[];
  readonly at: Micros;
  readonly ref: SourceRef;
  readonly step: number | undefined;
}

/** Places the calls of model turn n between its response and the request of turn n+1, which also brings their results. */
export class TurnWindows {
  readonly #format: string;
  readonly #clock: string;
  readonly #sandboxId: string | undefined;
  readonly #episodeId: string;
  #open: OpenTurn | undefined;
  #index = 0;
  #named = false;

  constructor(format: string, clock: string, context: DecodeContext) {
    this.#format = format;
    this.#clock = clock;
    this.#sandboxId = sandboxOfPath(context);
    this.#episodeId = this.#sandboxId === undefined ? `${format}:${context.path}` : `sandbox:${this.#sandboxId}`;
  }

  /** The model is asked again: the tools of the turn before have ended. */
  request(at: Micros, messages: unknown, ref: SourceRef): readonly Event[] {
    const events = this.close(at, messages);
    return this.#named ? events : [...this.#episode(at, messages, ref), ...events];
  }

  response(at: Micros, calls: readonly ModelCall[], ref: SourceRef, step?: number): readonly Event[] {
    const events = [...(this.#named ? [] : this.#episode(at, [], ref)), ...this.close(undefined, [])];
    this.#open = { calls, at, ref, step };
    return events;
  }

  /** Ends the open turn; without a time its end is not known. */
  close(end: Micros | undefined, messages: unknown): readonly Event[] {
    const turn = this.#open;
    this.#open = undefined;
    if (turn === undefined) return [];
    const results = toolResults(messages);
    const bounded = end !== undefined && end >= turn.at ? end : undefined;
    return turn.calls.map((call) => {
      const output = call.id === undefined ? undefined : results.get(call.id);
      return callEvent(call, {
        format: this.#format,
        clock: this.#clock,
        ref: turn.ref,
        episodeId: this.#episodeId,
        index: this.#index++,
        trust: 'agent-writable',
        executed: output === undefined ? 'unknown' : 'yes',
        status: output === undefined ? undefined : 'completed',
        startBasis: 'model-call-end',
        endBasis: bounded === undefined ? 'none' : 'next-model-call',
        start: turn.at,
        end: bounded,
        output,
        sandboxId: this.#sandboxId,
        step: turn.step,
      });
    });
  }

  #episode(at: Micros, messages: unknown, ref: SourceRef): readonly Event[] {
    this.#named = true;
    return [
      compact({
        kind: 'episode' as const,
        format: this.#format,
        clock: this.#clock,
        time: windowTime(at, undefined),
        ref,
        episodeId: this.#episodeId,
        sandboxId: this.#sandboxId,
        prompts: taskPrompt(messages, ref),
        traced: 'yes' as const,
      }),
    ];
  }
}
