import { emptyTraffic, upTo, wholeNumberAt } from '../../core/look.ts';
import type { Glance, Look } from '../../model/format.ts';

/** ` sport=65535` */
const LONGEST_PORT = 12;

/** ` src=` and an IPv6 address. */
const LONGEST_ADDRESS = 44;

/** Looks at entries of protocols with ports: both tuples in the order in which the kernel prints them. */
export function lookAtConntrack(): Look {
  const glance = emptyTraffic();
  return (line): Glance | undefined => {
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
    const far = line.slice(dst, sport) + upTo(line, dport + 1, ' ');
    glance.key = `${far}${upTo(line, replySrc + 1, ' ')}${upTo(line, replySport + 1, ' ')}`;
    glance.port = wholeNumberAt(line, sport + 7);
    glance.natPort = wholeNumberAt(line, replyDport + 7);
    return glance.port < 0 || glance.natPort < 0 ? undefined : glance;
  };
}
