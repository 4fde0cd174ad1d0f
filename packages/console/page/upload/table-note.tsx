import { say } from '../messages/language.js';
import { UPLOAD } from '../messages/upload.js';
import { assigned } from './assign.js';

/** What the last CSV gave, and what it asks for that is not there. */
export function TableNote() {
  if (!assigned.value) return null;
  const { addresses, found, isUnreadable, lacking, lackingInAll, unclear } = assigned.value;
  if (isUnreadable) return <p class="bad">{say(UPLOAD.tableUnreadable)}</p>;
  const names = `${lacking.join(', ')}${lackingInAll > lacking.length ? ' …' : ''}`;
  return (
    <>
      <p>{say(UPLOAD.tableFound, { found })}</p>
      {lackingInAll > 0 && (
        <p class="doubtful">
          <bdi>{say(UPLOAD.tableLacking, { n: lackingInAll, names })}</bdi>
        </p>
      )}
      {addresses > 0 && <p class="doubtful">{say(UPLOAD.tableAddresses, { n: addresses })}</p>}
      {unclear > 0 && <p class="doubtful">{say(UPLOAD.tableUnclear, { n: unclear })}</p>}
    </>
  );
}
