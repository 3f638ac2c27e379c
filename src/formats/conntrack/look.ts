import { behindWord, freeNumbers, freeWord, freeWords } from '../../core/looks/line-template.ts';
import { emptyTraffic, upTo, wholeNumberAt } from '../../core/looks/look.ts';
import type { Glance, Look } from '../../model/format.ts';
import type { Template, TemplatePart } from '../../model/template.ts';
import { HEAD } from './head.ts';

const HEAD_ALONE = new RegExp(`${HEAD.source}$`);

/** ` sport=65535` */
const LONGEST_PORT = 12;

/** ` src=` and an IPv6 address. */
const LONGEST_ADDRESS = 44;

const TUPLE = /^ src=\S+ dst=\S+ sport=\d+ dport=\d+ /;
const LONGEST_TUPLE = 130;
const LONGEST_IP = 39;
const SAME: TemplatePart = { kind: 'field', use: 'same', stop: ' ' };

/** Where the words of both tuples stand. */
interface Places {
  readonly src: number;
  readonly dst: number;
  readonly sport: number;
  readonly dport: number;
  readonly replySrc: number;
  readonly replySport: number;
  readonly replyDport: number;
}

/** Looks at entries of protocols with ports: both tuples in the order in which the kernel prints them. */
export function lookAtConntrack(): Look {
  const glance = emptyTraffic();
  const look = (line: string): Glance | undefined => {
    const places = placesIn(line);
    if (places === undefined) return undefined;
    const { dst, sport, dport, replySrc, replySport, replyDport } = places;
    const far = line.slice(dst, sport) + upTo(line, dport + 1, ' ');
    glance.key = `${far}${upTo(line, replySrc + 1, ' ')}${upTo(line, replySport + 1, ' ')}`;
    glance.port = wholeNumberAt(line, sport + 7);
    glance.natPort = wholeNumberAt(line, replyDport + 7);
    return glance.port < 0 || glance.natPort < 0 ? undefined : glance;
  };
  return Object.assign(look, { templateOf });
}

function placesIn(line: string): Places | undefined {
  const src = line.indexOf(' src=');
  const dst = line.indexOf(' dst=', src);
  const sport = line.indexOf(' sport=', dst);
  const dport = line.indexOf(' dport=', sport);
  const replySrc = line.indexOf(' src=', dport);
  const replySport = line.indexOf(' sport=', replySrc);
  const replyDport = line.indexOf(' dport=', replySport);
  if (src < 0 || dst < 0 || sport < 0 || dport < 0 || replySrc < 0 || replySport < 0 || replyDport < 0)
    return undefined;
  if (sport - src > 100 || replyDport - replySrc > 130) return undefined;
  if (dst - src > LONGEST_ADDRESS) return undefined;
  // A line that was cut off has the next one in the middle.
  if (dport - sport > LONGEST_PORT || replyDport - replySport > LONGEST_PORT) return undefined;
  // What stands before the addresses decides whether it is an entry at all.
  if (!HEAD_ALONE.test(line.slice(0, src + 1))) return undefined;
  return { src, dst, sport, dport, replySrc, replySport, replyDport };
}

/** Entries with nothing between the ends of a tuple, as the kernel prints them. */
function templateOf(line: string): Template | undefined {
  const places = placesIn(line);
  if (places === undefined) return undefined;
  const { src, dport, replySrc, replyDport } = places;
  if (![src, replySrc].every((at) => TUPLE.test(line.slice(at, at + LONGEST_TUPLE)))) return undefined;
  return [
    ...freeNumbers(line.slice(0, src), { isExact: true }),
    ...named('src', freeWord(LONGEST_IP)),
    ...named('dst', SAME),
    ...named('sport', { kind: 'field', use: 'port', stop: ' ' }),
    ...named('dport', SAME),
    ...freeWords(line.slice(behindWord(line, dport + 1), replySrc)),
    ...named('src', SAME),
    ...named('dst', freeWord(LONGEST_IP)),
    ...named('sport', SAME),
    ...named('dport', { kind: 'field', use: 'natPort', stop: ' ' }),
    ...freeWords(line.slice(behindWord(line, replyDport + 1))),
  ];
}

function named(name: string, value: TemplatePart): Template {
  return [{ literal: ` ${name}=` }, value];
}
