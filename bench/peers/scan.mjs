// Floor: read (and gunzip) the logs and count their newlines.
import { chunksOf } from './lines.mjs';

let lines = 0;
for (const log of process.argv.slice(2)) {
  for await (const chunk of chunksOf(log)) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
  }
}
console.error(`${lines} lines`);
