// Floor: JSON.parse of every line. Lines come as cheaply as Node gives them, so that the parser is what is measured.
import { eachLine } from './lines.mjs';

let objects = 0;
for (const log of process.argv.slice(2))
  await eachLine(log, (line) => {
    if (typeof JSON.parse(line) === 'object') objects++;
  });
console.error(`${objects} objects`);
