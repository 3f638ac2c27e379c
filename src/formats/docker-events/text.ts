/**
 * `docker events` without a template: time, type, action with its command, id, attributes in brackets. Podman prints the time as Go
 * does.
 */
const LINE =
  /^(\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d\.\d{9}(?:Z|[+-]\d\d:\d\d)| \d\d:\d\d:\d\d(?:\.\d{1,9})? [+-]\d{4} [A-Z+\d-]{1,6}(?: m=[+-][\d.]+)?)) (?:(container) (.+?) ([0-9a-f]{64})|(network|image|volume|daemon|plugin|builder|service|node|secret|config) (\S+) (\S+)) \((.*)\)$/;

export interface TextEvent {
  readonly raw: string;
  readonly type: string;
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export function textEvent(text: string): TextEvent | undefined {
  const m = LINE.exec(text);
  if (m === null) return undefined;
  const [, raw = '', container, command, containerId, object, verb, name, list = ''] = m;
  const [type = '', action = '', id = ''] =
    container === undefined ? [object, verb, name] : [container, command, containerId];
  const attributes: Record<string, string> = {};
  // Labels stand among the attributes and may hold anything: each begins behind a comma with a name and `=`.
  for (const part of list.split(/, (?=[\w./-]+=)/)) {
    const equals = part.indexOf('=');
    if (equals > 0) attributes[part.slice(0, equals)] = part.slice(equals + 1);
  }
  return { raw, type, action, id, attributes };
}
