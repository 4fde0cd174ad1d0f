/** The attacker's process: `attack.ts` starts it with the name of an attack, and a target. It ends when it is told to. */
import { type Attacker, attackHere } from './attacker-here.js';
import type { Target } from './attacks.js';

const [name = ''] = process.argv.slice(2);
let attacker: Attacker | undefined;

process.on('message', (message: Target | 'end') => {
  if (message !== 'end') attacker = attackHere(name, message);
  else void attacker?.end().then((wrong) => process.send?.(wrong, () => process.exit()));
});
