import { say } from '../messages/language.js';
import { UPLOAD } from '../messages/upload.js';
import { Names } from '../parts/names.js';
import { assigned } from './assign.js';

/** What the last CSV gave, and what it asks for that is not there. */
export function TableNote() {
  if (!assigned.value) return null;
  const { addresses, found, isUnreadable, lacking, lackingInAll, unclear } = assigned.value;
  if (isUnreadable) return <p class="bad">{say(UPLOAD.tableUnreadable)}</p>;
  return (
    <>
      <p>{say(UPLOAD.tableFound, { found })}</p>
      {lackingInAll > 0 && (
        <p class="doubtful">
          {say(UPLOAD.tableLacking, { n: lackingInAll })}
          <Names names={lacking} inAll={lackingInAll} />
        </p>
      )}
      {addresses > 0 && <p class="doubtful">{say(UPLOAD.tableAddresses, { n: addresses })}</p>}
      {unclear > 0 && <p class="doubtful">{say(UPLOAD.tableUnclear, { n: unclear })}</p>}
    </>
  );
}
