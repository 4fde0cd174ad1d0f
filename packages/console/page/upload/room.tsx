import { useEffect } from 'preact/hooks';
import { say } from '../messages/language.js';
import { UPLOAD } from '../messages/upload.js';
import { assign, isTable, readTable } from './assign.js';
import { Controls } from './controls.js';
import { Dialogs } from './dialogs.js';
import { filesOf, filesOfList, type Gathered } from './gather.js';
import { add } from './given.js';
import { counts, items, slotOfNew } from './items.js';
import { isUnkept, keepList } from './kept.js';
import { LeftOutNote } from './left-out-note.js';
import { List } from './list.js';
import { Outcome } from './outcome.js';
import { SlotChoice } from './slot-choice.js';
import './style.css';
import { TableNote } from './table-note.js';

keepList();

/** Files in, URLs out: what is dropped, pasted or chosen, with a verdict for each before anything is sent. */
export function UploadRoom() {
  useEffect(() => {
    addEventListener('paste', paste);
    // Wherever a file is dropped, the browser would leave the page for it.
    addEventListener('dragover', stay);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('paste', paste);
      removeEventListener('dragover', stay);
      removeEventListener('drop', drop);
    };
  }, []);
  return (
    <section aria-label={say(UPLOAD.send)}>
      <div class="drop">
        <p>{say(UPLOAD.drop)}</p>
        <p>
          <FileButton label={say(UPLOAD.files)} />
          <FileButton label={say(UPLOAD.folder)} isFolder />
        </p>
        <label for="slot-of-new">{say(UPLOAD.forAll)}</label>{' '}
        <SlotChoice
          id="slot-of-new"
          value={slotOfNew.value}
          onChoice={(slot) => {
            slotOfNew.value = slot;
          }}
        />
        <p class="faint">{say(UPLOAD.tableHelp)}</p>
        <div role="status">
          <LeftOutNote />
          {counts.value.missing > 0 && (
            <p class="doubtful">{say(UPLOAD.askedFor, { n: counts.value.missing })}</p>
          )}
          {isUnkept.value && <p class="doubtful">{say(UPLOAD.unkept)}</p>}
          <TableNote />
        </div>
      </div>
      {items.value.length > 0 && (
        <>
          <Controls />
          <Outcome />
          <List />
        </>
      )}
      <Dialogs />
    </section>
  );
}

/** A file input that looks like a button and is one for the keyboard and for screen readers. */
function FileButton({ label, isFolder = false }: { readonly label: string; readonly isFolder?: boolean }) {
  return (
    <label class="button">
      {label}
      <input
        type="file"
        multiple
        ref={(input) => {
          if (input) input.webkitdirectory = isFolder;
        }}
        onChange={({ currentTarget }) => {
          void takeAll(filesOfList(currentTarget.files ?? []));
          // The same files can be chosen once more.
          currentTarget.value = '';
        }}
      />
    </label>
  );
}

function paste(event: ClipboardEvent): void {
  if (event.clipboardData && event.clipboardData.files.length > 0) take(event, event.clipboardData);
}

function drop(event: DragEvent): void {
  if (event.dataTransfer) take(event, event.dataTransfer);
}

function take(event: Event, data: DataTransfer): void {
  event.preventDefault();
  void filesOf(data).then(takeAll);
}

/** Images go to the list; a table says which of them is for what. */
async function takeAll(given: Gathered): Promise<void> {
  add(
    given,
    given.files.filter((one) => !isTable(one)),
  );
  for (const table of given.files.filter(isTable)) await readTable(table);
  assign();
}

function stay(event: Event): void {
  event.preventDefault();
}
