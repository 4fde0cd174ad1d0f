/** Each package loaded twice: which error classes of one build do not know the other's instances, or know others'? */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const found = [];
let classes = 0;
for (const name of ['apiv3', 'client', 'prepare', 'server'].map((room) => `@coupon-media/${room}`)) {
  const [imported, required] = [await import(name), require(name)];
  const errors = Object.keys(imported).filter((key) => imported[key]?.prototype instanceof Error);
  for (const key of errors) {
    classes += 1;
    const ours = Object.create(required[key].prototype);
    for (const other of errors) {
      const related = required[key] === required[other] || required[key].prototype instanceof required[other];
      if (ours instanceof imported[other] !== related) found.push(`${name} ${key} instanceof ${other}`);
    }
    if (imported[key] === required[key]) found.push(`${name} ${key} was loaded once`);
  }
}
console.log(`${classes} classes, wrong: ${found.join(', ') || 'none'}`);
