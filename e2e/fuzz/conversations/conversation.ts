import { createRandom } from '../random.js';
import { type Delivery, makeDelivery } from './delivery.js';
import { type Asked, makeRequests, type Speaker } from './requests.js';
import type { Heard } from './talk.js';

/** What is asked on one connection, and how it gets there. */
export interface Conversation {
  index: number;
  asked: readonly Asked[];
  whole: Buffer;
  delivery: Delivery;
  /** How many of the requests are there whole and are to be answered, should the connection hold. */
  complete: number;
}

/** Makes the conversation of this number: the same one for the same seed, but for clock, keys, and pictures stored before. */
export async function makeConversation(seed: number, index: number, speaker: Speaker): Promise<Conversation> {
  const random = createRandom(seed, index);
  const asked = await makeRequests(speaker, random);
  const whole = Buffer.concat(asked.map(({ bytes }) => bytes));
  const delivery = makeDelivery(whole, random);
  return { index, asked, whole, delivery, complete: completeIn(asked, delivery.length) };
}

/** None comes behind one with whose answer the connection ends. */
function completeIn(asked: readonly Asked[], length: number): number {
  let end = 0;
  let complete = 0;
  for (const { bytes, ends } of asked) {
    end += bytes.length;
    if (end > length) break;
    complete += 1;
    if (ends) break;
  }
  return complete;
}

/** @returns what is wrong with what was heard of a conversation */
export async function judgeConversation(
  { asked, delivery, complete }: Conversation,
  { answers, rest, hung }: Heard,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const [at, answer] of answers.slice(0, complete).entries()) {
    const fault = await asked[at]?.expects(answer);
    if (fault) wrong.push(`answer ${at + 1}, to «${asked[at]?.kind}»: ${fault}`);
  }
  const ended = asked[complete - 1]?.ends === true;
  const behind = answers.slice(complete);
  const broken = brokenOff(asked[complete], delivery);
  if (ended && behind.length > 0) wrong.push(`an answer behind the last one: ${behind[0]?.status}`);
  else if (!ended) for (const answer of behind) wrong.push(...(await broken(answer)));
  // Half a request that is answered by its head may be followed by a word on the half that is lacking.
  if (behind.length > (asked[complete]?.early ? 2 : 1))
    wrong.push(`${behind.length} answers to what is no request`);
  if (delivery.ending === 'reset' || delivery.ending === 'reset later') return wrong;
  // Whoever goes on behind a request that was to be the last resets the connection by it, and may lose answers (RFC 9112, 9.6).
  const mayLose = ended && complete < asked.length;
  if (hung) wrong.push(`hung, with ${answers.length} of ${complete} answers`);
  else if (answers.length < complete && !mayLose)
    wrong.push(`only ${answers.length} of ${complete} are answered`);
  if (rest.length > 0 && !mayLose) wrong.push(`${rest.length} bytes behind the answers: ${shown(rest)}`);
  // Of a sender that has said that no more is to come, what is no request need not be answered.
  if (delivery.excess.length > 0 && !ended && behind.length === 0 && delivery.ending === 'wait')
    wrong.push('excess bytes are not answered');
  return wrong;
}

type Judge = (answer: Heard['answers'][number]) => Promise<string[]>;

/** What may be said to half a request, or to what is none. */
function brokenOff(half: Asked | undefined, { excess }: Delivery): Judge {
  return async (answer) => {
    if (answer.status === 400 || answer.status === 408) return [];
    if (excess.length === 0 && half?.early) {
      const fault = await half.expects(answer);
      return fault ? [`half of «${half.kind}»: ${fault}`] : [];
    }
    // Of half an upload its sender may be refused for what is there already.
    if (excess.length === 0 && half && answer.status === 401) return [];
    return [`${answer.status} to ${excess.length > 0 ? 'what is no request' : `half of «${half?.kind}»`}`];
  };
}

function shown(rest: Buffer): string {
  return JSON.stringify(rest.toString('latin1', 0, 120));
}
