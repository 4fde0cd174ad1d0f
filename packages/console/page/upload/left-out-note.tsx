import { say } from '../messages/language.js';
import { UPLOAD } from '../messages/upload.js';
import { Names } from '../parts/names.js';
import { MOST_FILES } from './gather.js';
import { leftOut } from './given.js';

/** What of the last files did not come into the list. */
export function LeftOutNote() {
  if (!leftOut.value) return null;
  const { isNothing, isTooMuch, unread, unreadInAll } = leftOut.value;
  return (
    <>
      {isTooMuch && <p class="doubtful">{say(UPLOAD.tooMany, { most: MOST_FILES })}</p>}
      {unreadInAll > 0 && (
        <p class="bad">
          {say(UPLOAD.unread, { n: unreadInAll })}
          <Names names={unread} inAll={unreadInAll} />
        </p>
      )}
      {isNothing && <p class="doubtful">{say(UPLOAD.nothing)}</p>}
    </>
  );
}
